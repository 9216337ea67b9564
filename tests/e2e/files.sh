#!/bin/bash
# What cannot send syslog: an export dropped into a folder is an event and turns a verdict within a second, in the encoding of the
# machine it is from; nothing is read twice after kill -9; and a folder that nobody fills is a silent source.
. "$(dirname "$0")/lib.sh"
need iconv
registers_write
cat >"$T/registers/log_sources.csv" <<CSV
source_id,host,system_id,types,expected_hours
S1,windows-dhcp,lan,device_seen,24
S2,emr-csv,emr,auth_success,24
CSV
FILES="{directories: [\"$T/drop/*\"]}"
mkdir -p "$T/drop/windows-dhcp" "$T/drop/emr-csv"
tenken_start
dhcp=$T/drop/windows-dhcp/DhcpSrvLog-Tue.log

events() {
	api "events?type=$1" | jq '[(.events // .items)[]] | length'
}

has() {
	[ "$(events "$1")" = "$2" ]
}

# 1. Windows' DHCP server: a known device, then one nobody registered.
printf 'Microsoft DHCP Service Activity Log\r\n\r\nID,Date,Time,Description,IP Address,Host Name,MAC Address\r\n' >"$dhcp"
printf '10,%s,Assign,10.66.0.11,pc0001,3423BA112601,,1,0\r\n' "$(date +%m/%d/%y,%T)" >>"$dhcp"
until_ok 10 check_is device-unregistered pass || fail "device-unregistered is $(api checks/device-unregistered | jq -c '[.status,.rows]')"
start=${EPOCHREALTIME/./}
printf '10,%s,Assign,10.66.0.66,pi,B827EB000066,,1,0\r\n' "$(date +%m/%d/%y,%T)" >>"$dhcp"
until_ok 10 verdict_is device-unregistered b827eb000066 fail || fail "an unregistered device in a dropped log is not a finding"
echo "from the line in the file to the verdict: $(((${EPOCHREALTIME/./} - start) / 1000)) ms"

# 2. The record's export in CP932, with lines inside of a cell; the heading and the logout are no events.
{
	echo 'ユーザーID,氏名,時刻,カテゴリ,操作情報'
	echo "sato,佐藤,$(date '+%Y/%m/%d %H:%M:%S'),ログイン,ログイン"
	echo "sato,佐藤,$(date '+%Y/%m/%d %H:%M:%S'),参照,\"カルテ"
	echo '二行目"'
	echo "sato,佐藤,$(date '+%Y/%m/%d %H:%M:%S'),ログアウト,ログアウト"
} | iconv -t CP932 >"$T/drop/emr-csv/today.csv.tmp"
mv "$T/drop/emr-csv/today.csv.tmp" "$T/drop/emr-csv/today.csv"
until_ok 10 has auth_success 1 || fail "auth_success: $(events auth_success), not 1"
until_ok 10 has record_access 1 || fail "record_access: $(events record_access), not 1"
until_ok 10 verdict_is source-silent s2 pass || fail "source-silent S2 is $(verdict source-silent s2)"

# 3. kill -9, a rotation meanwhile, and more of the same: each row once.
tenken_end KILL
mv "$dhcp" "$T/drop/windows-dhcp/DhcpSrvLog-Mon.log"
printf '10,%s,Assign,10.66.0.67,pi2,B827EB000067,,1,0\r\n' "$(date +%m/%d/%y,%T)" >"$dhcp"
echo "ito,伊藤,$(date '+%Y/%m/%d %H:%M:%S'),ログイン,ログイン" | iconv -t CP932 >>"$T/drop/emr-csv/today.csv"
tenken_start
until_ok 10 verdict_is device-unregistered b827eb000067 fail || fail "the new log is not read after the rotation"
until_ok 10 has auth_success 2 || fail "auth_success: $(events auth_success), not 2"
has record_access 1 || fail "a row was read twice: record_access $(events record_access)"

# 4. One that nobody fills is not well.
cat >>"$T/registers/log_sources.csv" <<CSV
S3,backup-result-csv,emr,backup_finished,24
CSV
mkdir "$T/drop/backup-result-csv"
until_ok 15 verdict_is source-silent s3 unknown || fail "source-silent S3 is $(verdict source-silent s3), not unknown"
echo "files are read once, in any encoding, and an empty folder proves nothing"
