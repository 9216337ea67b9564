/*
 * The kinds of lines of the corpus, as the programs print them.  The near misses among the noise come from the same programs
 * as the events and begin with the same words, because that is what a matcher has to pay for.
 */

#include "bench/kinds.h"

/* clang-format off */
#define WIN(id, keywords, rest) \
	"{\"EventTime\":\"%{stamp}\",\"Hostname\":\"%{host}.hosp.local\",\"Keywords\":\"-9214364837600034816\",\"EventType\":\"" keywords \
	"\",\"SeverityValue\":2,\"Severity\":\"INFO\",\"EventID\":" id ",\"SourceName\":\"Microsoft-Windows-Security-Auditing\"," \
	"\"RecordNumber\":%{n},\"ProcessID\":%{pid},\"Channel\":\"Security\"," rest "}"
#define WINLOGBEAT(id, outcome, rest) \
	"{\"@timestamp\":\"%{zulu}\",\"event\":{\"code\":\"" id "\",\"kind\":\"event\",\"outcome\":\"" outcome "\",\"provider\":" \
	"\"Microsoft-Windows-Security-Auditing\"},\"winlog\":{\"event_id\":" id ",\"channel\":\"Security\",\"record_id\":%{n}," \
	"\"provider_name\":\"Microsoft-Windows-Security-Auditing\",\"computer_name\":\"%{host}.hosp.local\",\"event_data\":{" rest "}}," \
	"\"host\":{\"name\":\"%{host}\"},\"agent\":{\"type\":\"winlogbeat\"}}"
#define SNARE(id, audit, category, text) \
	"MSWinEventLog\t1\tSecurity\t%{n}\t%{snare}\t" id "\tMicrosoft-Windows-Security-Auditing\tN/A\tN/A\t" audit "\t%{host}\t" category "\t\t" text
#define FORTI(logid, type, subtype, level, rest) \
	"date=%{date} time=%{time} devname=\"FW01\" devid=\"FG100FTK20000001\" logid=\"" logid "\" type=\"" type "\" subtype=\"" subtype \
	"\" level=\"" level "\" vd=\"root\" eventtime=%{epoch} tz=\"+0900\" " rest

const struct kind kinds[] = {
	/* OpenSSH */
	{ "ssh-failed", 90, "auth_failure", "sshd", SHAPE_EITHER,
	  "Failed password for %{user} from %{ip} port %{port} ssh2", "user=user src_ip=ip" },
	{ "ssh-failed-invalid", 110, "auth_failure", "sshd", SHAPE_EITHER,
	  "Failed password for invalid user %{user} from %{ip} port %{port} ssh2", "user=user src_ip=ip" },
	{ "ssh-invalid", 30, "auth_failure", "sshd", SHAPE_EITHER,
	  "Invalid user %{user} from %{ip} port %{port}", "user=user src_ip=ip" },
	{ "ssh-max", 8, "auth_failure", "sshd", SHAPE_EITHER,
	  "error: maximum authentication attempts exceeded for %{user} from %{ip} port %{port} ssh2 [preauth]",
	  "user=user src_ip=ip" },
	{ "ssh-password", 40, "auth_success", "sshd", SHAPE_EITHER,
	  "Accepted password for %{user} from %{ip} port %{port} ssh2", "user=user src_ip=ip" },
	{ "ssh-key", 60, "auth_success", "sshd", SHAPE_EITHER,
	  "Accepted publickey for %{user} from %{ip} port %{port} ssh2: ED25519 SHA256:%{hash}", "user=user src_ip=ip" },
	/* sudo, su, PAM */
	{ "sudo-wrong", 20, "auth_failure", "sudo", SHAPE_EITHER,
	  "%{padded} : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/%{user} ; USER=root ; COMMAND=/usr/bin/apt upgrade",
	  "user=user" },
	{ "sudo-denied", 8, "auth_failure", "sudo", SHAPE_EITHER,
	  "%{padded} : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/%{user} ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow",
	  "user=user" },
	{ "pam-sshd", 60, "auth_failure", "sshd", SHAPE_EITHER,
	  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=%{ip}  user=%{user}",
	  "user=user src_ip=ip" },
	{ "pam-login", 8, "auth_failure", "login", SHAPE_EITHER,
	  "pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=%{user}",
	  "user=user" },
	/* Accounts */
	{ "useradd", 8, "account_create", "useradd", SHAPE_EITHER,
	  "new user: name=%{user}, UID=%{pid}, GID=%{pid}, home=/home/%{user}, shell=/bin/bash, from=/dev/pts/0",
	  "target_user=user" },
	{ "userdel", 6, "account_delete", "userdel", SHAPE_EITHER, "delete user '%{user}'", "target_user=user" },
	{ "usermod-group", 6, "privilege_change", "usermod", SHAPE_EITHER, "add '%{user}' to group 'sudo'", "target_user=user" },
	{ "usermod-lock", 4, "account_disable", "usermod", SHAPE_EITHER, "lock user '%{user}' password", "target_user=user" },
	{ "usermod-unlock", 4, "account_enable", "usermod", SHAPE_EITHER, "unlock user '%{user}' password", "target_user=user" },
	{ "passwd", 10, "account_change", "passwd", SHAPE_EITHER,
	  "pam_unix(passwd:chauthtok): password changed for %{user}", "target_user=user" },
	{ "chage", 4, "account_change", "chage", SHAPE_EITHER, "changed password expiry for %{user}", "target_user=user" },
	{ "gpasswd", 4, "privilege_change", "gpasswd", SHAPE_EITHER, "user %{user} added by root to group wheel",
	  "target_user=user" },
	/* Addresses */
	{ "dhcpd", 420, "device_seen", "dhcpd", SHAPE_EITHER, "DHCPACK on %{lan} to %{mac} (%{pc}) via eth0", "ip=lan mac=mac" },
	{ "dhcpd-nameless", 60, "device_seen", "dhcpd", SHAPE_EITHER, "DHCPACK on %{lan} to %{mac} via eth1", "ip=lan mac=mac" },
	{ "dnsmasq", 160, "device_seen", "dnsmasq-dhcp", SHAPE_EITHER, "DHCPACK(eth0) %{lan} %{mac} %{pc}", "ip=lan mac=mac" },
	{ "dnsmasq-nameless", 30, "device_seen", "dnsmasq-dhcp", SHAPE_EITHER, "DHCPACK(br0) %{lan} %{mac}", "ip=lan mac=mac" },
	/* The kernel */
	{ "usb", 10, "usb_attached", "kernel", SHAPE_KERNEL,
	  "usb 1-%{digit}: New USB device found, idVendor=0781, idProduct=5581, bcdDevice= 1.00", "" },
	/* Windows by NXLog */
	{ "nx-logon", 300, "auth_success", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4624", "AUDIT_SUCCESS", "\"SubjectUserName\":\"-\",\"SubjectDomainName\":\"-\",\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"LogonType\":\"2\",\"LogonProcessName\":\"User32 \",\"WorkstationName\":\"%{pc}\",\"IpAddress\":\"%{lan}\",\"IpPort\":\"%{port}\""),
	  "user=user src_ip=lan" },
	{ "nx-refused", 120, "auth_failure", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4625", "AUDIT_FAILURE", "\"SubjectUserName\":\"-\",\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"Status\":\"0xc000006d\",\"SubStatus\":\"0xc000006a\",\"LogonType\":\"3\",\"WorkstationName\":\"%{pc}\",\"IpAddress\":\"%{lan}\",\"IpPort\":\"%{port}\""),
	  "user=user src_ip=lan" },
	{ "nx-create", 8, "account_create", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4720", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\",\"SamAccountName\":\"%{user}\""),
	  "target_user=user user=admin" },
	{ "nx-enable", 6, "account_enable", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4722", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	{ "nx-disable", 8, "account_disable", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4725", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	{ "nx-delete", 6, "account_delete", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4726", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	{ "nx-change", 10, "account_change", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4738", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	{ "nx-reset", 10, "account_change", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4724", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	{ "nx-member", 6, "privilege_change", "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4732", "AUDIT_SUCCESS", "\"MemberName\":\"CN=%{user},CN=Users,DC=hosp,DC=local\",\"TargetUserName\":\"Administrators\",\"TargetDomainName\":\"Builtin\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "user=admin" },
	{ "nx-cleared", 2, "log_gap", "Microsoft-Windows-Eventlog", SHAPE_JSON,
	  "{\"EventTime\":\"%{stamp}\",\"Hostname\":\"%{host}.hosp.local\",\"EventType\":\"INFO\",\"SeverityValue\":2,\"EventID\":1102,\"SourceName\":\"Microsoft-Windows-Eventlog\",\"Channel\":\"Security\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\"}",
	  "" },
	/* Windows by Winlogbeat */
	{ "beat-logon", 110, "auth_success", "winlogbeat", SHAPE_JSON,
	  WINLOGBEAT("4624", "success", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"LogonType\":\"2\",\"WorkstationName\":\"%{pc}\",\"IpAddress\":\"%{lan}\",\"IpPort\":\"%{port}\""),
	  "user=user src_ip=lan" },
	{ "beat-refused", 60, "auth_failure", "winlogbeat", SHAPE_JSON,
	  WINLOGBEAT("4625", "failure", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"Status\":\"0xc000006d\",\"SubStatus\":\"0xc0000064\",\"LogonType\":\"3\",\"IpAddress\":\"%{lan}\",\"IpPort\":\"%{port}\""),
	  "user=user src_ip=lan" },
	{ "beat-create", 6, "account_create", "winlogbeat", SHAPE_JSON,
	  WINLOGBEAT("4720", "success", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"SubjectUserName\":\"%{admin}\",\"SubjectDomainName\":\"HOSP\""),
	  "target_user=user user=admin" },
	/* Windows by Snare */
	{ "snare-refused", 40, "auth_failure", "", SHAPE_SNARE,
	  SNARE("4625", "Failure Audit", "Logon", "An account failed to log on.    Subject:   Security ID:  S-1-0-0   Account Name:  -   Account Domain:  -   Logon ID:  0x0    Logon Type:   3    Account For Which Logon Failed:   Security ID:  S-1-0-0   Account Name:  %{user}   Account Domain:  HOSP    Failure Information:   Failure Reason:  Unknown user name or bad password.   Status:   0xc000006d   Sub Status:  0xc0000064    Network Information:   Workstation Name: %{pc}   Source Network Address: %{lan}   Source Port:  %{port}"),
	  "user=user src_ip=lan" },
	{ "snare-delete", 4, "account_delete", "", SHAPE_SNARE,
	  SNARE("4726", "Success Audit", "User Account Management", "A user account was deleted.    Subject:   Security ID:  S-1-5-21-1-2-3-500   Account Name:  %{admin}   Account Domain:  HOSP   Logon ID:  0x5a1b2    Target Account:   Security ID:  S-1-5-21-1-2-3-1604   Account Name:  %{user}   Account Domain:  HOSP"),
	  "target_user=user user=admin" },
	/* FortiGate */
	{ "forti-fail", 60, "auth_failure", "", SHAPE_BARE,
	  FORTI("0101039426", "event", "vpn", "alert", "logdesc=\"SSL VPN login fail\" action=\"ssl-login-fail\" tunneltype=\"ssl-web\" tunnelid=0 remip=%{wan} user=\"%{user}\" group=\"N/A\" dst_host=\"N/A\" reason=\"sslvpn_login_unknown_user\" msg=\"SSL user failed to logged in\""),
	  "user=user src_ip=wan" },
	{ "forti-up", 30, "remote_session", "", SHAPE_BARE,
	  FORTI("0101039424", "event", "vpn", "information", "logdesc=\"SSL VPN tunnel up\" action=\"tunnel-up\" tunneltype=\"ssl-tunnel\" tunnelid=%{n} remip=%{wan} user=\"%{user}\" group=\"vendors\" dst_host=\"N/A\" reason=\"tunnel established\" msg=\"SSL tunnel established\""),
	  "user=user src_ip=wan" },
	{ "forti-admin", 10, "auth_success", "", SHAPE_BARE,
	  FORTI("0100032001", "event", "system", "information", "logdesc=\"Admin login successful\" sn=\"%{n}\" user=\"%{admin}\" ui=\"https(%{lan})\" method=\"https\" srcip=%{lan} dstip=10.1.0.1 action=\"login\" status=\"success\" reason=\"none\" profile=\"super_admin\" msg=\"Administrator %{admin} logged in successfully from https(%{lan})\""),
	  "user=admin src_ip=lan" },
	{ "forti-admin-fail", 10, "auth_failure", "", SHAPE_BARE,
	  FORTI("0100032002", "event", "system", "alert", "logdesc=\"Admin login failed\" sn=\"0\" user=\"%{user}\" ui=\"https(%{wan})\" method=\"https\" srcip=%{wan} dstip=203.0.113.1 action=\"login\" status=\"failed\" reason=\"name_invalid\" msg=\"Administrator %{user} login failed from https(%{wan}) because of invalid user name\""),
	  "user=user src_ip=wan" },
	/* YAMAHA RTX */
	{ "rtx-login", 10, "auth_success", "", SHAPE_BARE, "Login succeeded for TELNET: %{lan}", "src_ip=lan" },
	{ "rtx-dhcp", 90, "device_seen", "", SHAPE_BARE, "[DHCPD] LAN1(port1) Extends %{lan}: %{mac}", "ip=lan mac=mac" },

	/* Noise: the same programs, nearly the same words. */
	{ "~ssh-closed", 180, 0, "sshd", SHAPE_EITHER, "Connection closed by authenticating user %{user} %{ip} port %{port} [preauth]", 0 },
	{ "~ssh-reset", 120, 0, "sshd", SHAPE_EITHER, "Received disconnect from %{ip} port %{port}:11: disconnected by user", 0 },
	{ "~ssh-banner", 60, 0, "sshd", SHAPE_EITHER, "Did not receive identification string from %{ip} port %{port}", 0 },
	{ "~ssh-listen", 20, 0, "sshd", SHAPE_EITHER, "Server listening on 0.0.0.0 port 22.", 0 },
	{ "~pam-close", 180, 0, "sshd", SHAPE_EITHER, "pam_unix(sshd:session): session closed for user %{user}", 0 },
	{ "~cron", 560, 0, "CRON", SHAPE_EITHER, "(root) CMD (   test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.hourly ))", 0 },
	{ "~dhcp-discover", 260, 0, "dhcpd", SHAPE_EITHER, "DHCPDISCOVER from %{mac} via eth0", 0 },
	{ "~dhcp-request", 260, 0, "dhcpd", SHAPE_EITHER, "DHCPREQUEST for %{lan} (10.1.0.5) from %{mac} (%{pc}) via eth0", 0 },
	{ "~dhcp-offer", 200, 0, "dhcpd", SHAPE_EITHER, "DHCPOFFER on %{lan} to %{mac} (%{pc}) via eth0", 0 },
	{ "~dnsmasq-query", 520, 0, "dnsmasq", SHAPE_EITHER, "query[A] www%{digit}.example.jp from %{lan}", 0 },
	{ "~dnsmasq-reply", 300, 0, "dnsmasq", SHAPE_EITHER, "reply www%{digit}.example.jp is %{wan}", 0 },
	{ "~systemd", 620, 0, "systemd", SHAPE_EITHER, "Started Session %{n} of User %{user}.", 0 },
	{ "~kernel", 260, 0, "kernel", SHAPE_KERNEL, "[UFW BLOCK] IN=eth0 OUT= MAC=%{mac}:00:1b:17:00:01:10:08:00 SRC=%{wan} DST=%{lan} LEN=40 TOS=0x00 PREC=0x00 TTL=242 ID=54321 PROTO=TCP SPT=%{port} DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0", 0 },
	{ "~usb-gone", 30, 0, "kernel", SHAPE_KERNEL, "usb 1-%{digit}: USB disconnect, device number %{digit}", 0 },
	{ "~postfix", 420, 0, "postfix/smtpd", SHAPE_EITHER, "connect from mx%{digit}.example.jp[%{wan}]", 0 },
	{ "~app", 380, 0, "emr-gateway", SHAPE_EITHER, "{\"ts\":\"%{zulu}\",\"level\":\"info\",\"logger\":\"jp.example.emr.Gateway\",\"thread\":\"worker-%{digit}\",\"msg\":\"order delivered\",\"orderId\":%{n},\"elapsedMs\":%{pid},\"user\":\"%{user}\",\"terminal\":\"%{pc}\"}", 0 },
	{ "~app-long", 80, 0, "emr-gateway", SHAPE_EITHER, "{\"ts\":\"%{zulu}\",\"level\":\"warn\",\"logger\":\"jp.example.emr.Printer\",\"thread\":\"worker-%{digit}\",\"msg\":\"retry after timeout\",\"stack\":\"%{stack}\",\"user\":\"%{user}\",\"terminal\":\"%{pc}\"}", 0 },
	{ "~nx-process", 190, 0, "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4688", "AUDIT_SUCCESS", "\"SubjectUserName\":\"%{pc}$\",\"SubjectDomainName\":\"HOSP\",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\svchost.exe\",\"TokenElevationType\":\"%%1936\",\"ProcessId\":\"0x3b0\",\"TargetUserName\":\"-\",\"ParentProcessName\":\"C:\\\\Windows\\\\System32\\\\services.exe\""), 0 },
	{ "~nx-logoff", 140, 0, "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4634", "AUDIT_SUCCESS", "\"TargetUserName\":\"%{user}\",\"TargetDomainName\":\"HOSP\",\"TargetLogonId\":\"0x%{n}\",\"LogonType\":\"3\""), 0 },
	{ "~nx-machine", 130, 0, "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4624", "AUDIT_SUCCESS", "\"SubjectUserName\":\"-\",\"TargetUserName\":\"PC%{n}$\",\"TargetDomainName\":\"HOSP\",\"LogonType\":\"3\",\"IpAddress\":\"%{lan}\",\"IpPort\":\"%{port}\""), 0 },
	{ "~nx-service", 120, 0, "Microsoft-Windows-Security-Auditing", SHAPE_JSON,
	  WIN("4624", "AUDIT_SUCCESS", "\"SubjectUserName\":\"%{pc}$\",\"TargetUserName\":\"SYSTEM\",\"TargetDomainName\":\"NT AUTHORITY\",\"LogonType\":\"5\",\"IpAddress\":\"-\",\"IpPort\":\"-\""), 0 },
	{ "~beat-process", 80, 0, "winlogbeat", SHAPE_JSON,
	  WINLOGBEAT("4688", "success", "\"SubjectUserName\":\"%{pc}$\",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\conhost.exe\",\"TargetUserName\":\"-\""), 0 },
	{ "~snare-process", 60, 0, "", SHAPE_SNARE,
	  SNARE("4688", "Success Audit", "Process Creation", "A new process has been created.    Subject:   Security ID:  S-1-5-18   Account Name:  %{pc}$   Account Domain:  HOSP   Logon ID:  0x3e7    Process Information:   New Process ID:  0x%{pid}   New Process Name: C:\\Windows\\System32\\taskhostw.exe"), 0 },
	{ "~forti-traffic", 400, 0, "", SHAPE_BARE,
	  FORTI("0000000013", "traffic", "forward", "notice", "srcip=%{lan} srcport=%{port} srcintf=\"lan\" srcintfrole=\"lan\" dstip=%{wan} dstport=443 dstintf=\"wan1\" dstintfrole=\"wan\" srccountry=\"Reserved\" dstcountry=\"Japan\" sessionid=%{n} proto=6 action=\"close\" policyid=4 policytype=\"policy\" service=\"HTTPS\" trandisp=\"snat\" duration=61 sentbyte=%{pid} rcvdbyte=%{n} sentpkt=21 rcvdpkt=33"), 0 },
	{ "~forti-stats", 40, 0, "", SHAPE_BARE,
	  FORTI("0101039947", "event", "vpn", "information", "logdesc=\"SSL VPN statistics\" action=\"tunnel-stats\" tunneltype=\"ssl-tunnel\" remip=%{wan} user=\"%{user}\" duration=%{pid} sentbyte=%{n} rcvdbyte=%{n} msg=\"SSL tunnel statistics\""), 0 },
	{ "~rtx-filter", 280, 0, "", SHAPE_BARE, "LAN1 Rejected at IN(1) filter: UDP %{lan}:5353 > 224.0.0.251:5353", 0 },
	{ "~rtx-inspect", 160, 0, "", SHAPE_BARE, "[INSPECT] LAN2[out][31] TCP %{lan}.%{port} > %{wan}.443 (2026/11/01 10:00:00)", 0 },
	{ "~asa", 260, 0, "%ASA-6-302013", SHAPE_3164, "Built outbound TCP connection %{n} for outside:%{wan}/443 (%{wan}/443) to inside:%{lan}/%{port} (203.0.113.1/%{port})", 0 },
	{ "~useradd-group", 12, 0, "useradd", SHAPE_EITHER, "new group: name=%{user}, GID=%{pid}", 0 },
	{ "~userdel-group", 12, 0, "userdel", SHAPE_EITHER, "removed group '%{user}' owned by '%{user}'", 0 },
};
/* clang-format on */

const unsigned n_kinds = sizeof(kinds) / sizeof(kinds[0]);
