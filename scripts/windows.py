#!/usr/bin/env python3
"""windows.py [--check] ROOT: writes the decoders of Windows' event log, one file for each shape that agents give it, from one table.

What an event means is said once here: its ids and provider (Microsoft's documentation of each event), the fields of its data, and
the labels of its rendered text in English and Japanese.  A new shape is a function below; a new event is a row.  --check: are the
files what the table says?
"""
import json
import os
import sys

AUDIT = 'Microsoft-Windows-Security-Auditing'
EVENTLOG = ['Microsoft-Windows-Eventlog', 'EventLog']
DEFENDER = 'Microsoft-Windows-Windows Defender'
BACKUP = 'Microsoft-Windows-Backup'
RDS = 'Microsoft-Windows-TerminalServices-LocalSessionManager'
RDC = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'
SCM = 'Service Control Manager'
UMDF = 'Microsoft-Windows-DriverFrameworks-UserMode'
PNP = 'Microsoft-Windows-Kernel-PnP'

# Labels of rendered texts: (English, Japanese), which of several counts (names stand in fixed order, addresses behind them).
NAME1 = (['Account Name', 'アカウント名'], 1)
NAME2 = (['Account Name', 'アカウント名'], 2)
DOMAIN2 = (['Account Domain', 'アカウント ドメイン'], 2)
DOMAIN1 = (['Account Domain', 'アカウント ドメイン'], 1)
SOURCE = (['Source Network Address', 'ソース ネットワーク アドレス'], -1)
CLIENT = (['Client Address', 'クライアント アドレス'], -1)
LOGON_TYPE = (['Logon Type', 'ログオン タイプ'], 1)
SUBSTATUS = (['Sub Status', 'サブ ステータス'], -1)
FAILURE_CODE = (['Failure Code', 'エラー コード'], -1)
RESULT_CODE = (['Result Code', '結果コード', '結果 コード'], -1)
ERROR_CODE = (['Error Code', 'エラー コード'], -1)
LOGON_ACCOUNT = (['Logon Account', 'ログオン アカウント'], 1)
WORKSTATION = (['Source Workstation', 'ソース ワークステーション'], -1)
GROUP = (['Group Name', 'グループ名'], -1)
OLD_NAME = (['Old Account Name', '古いアカウント名', '以前のアカウント名'], -1)
NEW_NAME = (['New Account Name', '新しいアカウント名'], -1)
CALLER = (['Caller Computer Name', '呼び出し元コンピューター名', '呼び出し側コンピューター名'], -1)
CLIENT_NAME = (['Client Name', 'クライアント名'], -1)
DEVICE_NAME = (['Device Name', 'デバイス名'], -1)
DEVICE_ID = (['Device ID', 'デバイス ID'], -1)
SERVICE_NAME = (['Service Name', 'サービス名'], 1)
TASK_NAME = (['Task Name', 'タスク名'], 1)
RDS_USER = (['User', 'ユーザー'], 1)
NPS_USER = (['Account Name', 'アカウント名'], 1)
NPS_MAC = (['Calling Station Identifier', '起呼端末 ID'], -1)
# What ends a value where an agent made one blank of every gap.
STOPS = ['Security ID', 'Account Name', 'Account Domain', 'Logon ID', 'Logon GUID', 'Logon Type', 'Linked Logon ID', 'New Logon',
         'Account For Which Logon Failed', 'Failure Information', 'Status', 'Sub Status', 'Process Information',
         'Network Information', 'Workstation Name', 'Source Network Address', 'Source Port', 'Client Address', 'Client Port',
         'Detailed Authentication Information', 'Additional Information', 'Service Information', 'Supplied Realm Name', 'User ID',
         'Target Account', 'New Account', 'Attributes', 'Member', 'Group', 'Group Name', 'Group Domain', 'Ticket Options',
         'Result Code', 'Failure Code', 'Error Code', 'Source Workstation', 'Pre-Authentication Type', 'Session', 'Session Name',
         'Client Name', 'Account That Was Locked Out', 'Caller Computer Name', 'Device Name', 'Class ID', 'Service File Name',
         'User Name', 'Domain', 'Logon Process', 'New Domain', 'New Account ID', 'Caller User Name', 'Caller Domain', 'Caller Logon ID',
         'Target Domain', 'Target Account ID', 'Target Account Name', 'Reason', 'Privileges', 'ユーザー名', 'ドメイン', 'ログオンの種類',
         'Old Account Name', 'New Account Name', 'Network Account Name', 'Session ID', 'Client Machine', 'Calling Station Identifier', 'NAS',
         'Service Name', 'Task Information', 'Task Name', 'Failure Reason', 'Logon Information',
         'セキュリティ ID', 'アカウント名', 'アカウント ドメイン', 'ログオン ID', 'ログオン GUID', 'ログオン タイプ', 'リンクされたログオン ID',
         '新しいログオン', 'ログオンを失敗したアカウント', 'ログオンに失敗したアカウント', 'ステータス', 'チケット暗号化の種類', 'サービス ID', '証明書情報',
         'Ticket Encryption Type', 'Service ID', 'Certificate Information', 'Impersonation Level', '偽装レベル', 'Process ID', 'プロセス ID', 'エラー情報', '状態', 'サブ ステータス', 'プロセス情報', 'ネットワーク情報',
         'ワークステーション名', 'ソース ネットワーク アドレス', 'ソース ポート', 'クライアント アドレス', 'クライアント ポート', '詳細な認証情報',
         '追加情報', 'サービス情報', '指定された領域名', 'ユーザー ID', 'ターゲット アカウント', '対象アカウント', '新しいアカウント', '属性',
         'メンバー', 'グループ', 'グループ名', 'グループ ドメイン', 'チケット オプション', '結果コード', 'エラー コード', 'ソース ワークステーション',
         '事前認証の種類', 'セッション', 'セッション名', 'クライアント名', 'ロックアウトされたアカウント', '呼び出し元コンピューター名', 'デバイス名',
         'クラス ID', 'サービス ファイル名', '古いアカウント名', '新しいアカウント名', 'ネットワーク アカウント名', 'セッション ID',
         'クライアント コンピューター', '起呼端末 ID', 'サービス名', 'タスク情報', 'タスク名', '失敗の原因', 'ログオン情報', 'アカウント情報']

OTHERS = {'TargetUserName|endswith': '$'}
# Services (5), batch jobs (4), the system (0) and computers log on all day; that is nobody's use of an account.
NOBODY = [{'LogonType': ['0', '4', '5']}, OTHERS,
          {'TargetUserName': ['', '-', 'SYSTEM', 'ANONYMOUS LOGON', 'LOCAL SERVICE', 'NETWORK SERVICE', 'システム']},
          {'TargetUserName|startswith': ['DWM-', 'UMFD-']}]
WHO = {'TargetUserName': 'sato', 'TargetDomainName': 'HOSP', 'SubjectUserName': 'admin1', 'SubjectDomainName': 'HOSP'}
TARGET = {'target_user': ('TargetUserName', NAME2), 'domain': ('TargetDomainName', DOMAIN2), 'user': ('SubjectUserName', NAME1)}
LOGON = {'user': ('TargetUserName', NAME2), 'domain': ('TargetDomainName', DOMAIN2), 'src_ip': ('IpAddress', SOURCE),
         'method': ('LogonType', LOGON_TYPE)}
MEMBER = {'target_user': ('MemberName', NAME2), 'group': ('TargetUserName', GROUP), 'user': ('SubjectUserName', NAME1)}
# Short names of services that protect, as 7036 carries them in UTF-16 hex with "/1" (stopped) behind.
PROTECTORS = ['WinDefend', 'WdNisSvc', 'Sense', 'wscsvc', 'mpssvc', 'ntrtscan', 'TmCCSF', 'TMBMServer', 'ds_agent', 'ekrn', 'SepMasterService', 'SAVService',
              'Sophos Endpoint Defense Service', 'McShield', 'masvc', 'CSFalconService', 'SentinelAgent', 'CylanceSvc']


def stopped(service):
    return (service + '/1').encode('utf-16-le').hex().upper() + '0000'


def rule(type, ids, fields=None, provider=AUDIT, **more):
    return dict(type=type, ids=ids if isinstance(ids, list) else [ids], fields=fields or {}, provider=provider, **more)


# success True: refused ones say nothing; False: only refused ones; None: the id says all.
RULES = [
    rule('auth_success', '4624', LOGON, also='remote_session', when={'LogonType': '10'}, unless=NOBODY, const={'outcome': 'success'},
         comment='A login by remote desktop is a login and a remote session.',
         data={**WHO, 'LogonType': '10', 'IpAddress': '203.0.113.20', 'IpPort': '0'}, text=('LOGON', 'sato', '10', '203.0.113.20'),
         want={'user': 'sato', 'src_ip': '203.0.113.20', 'method': '10'}),
    rule('auth_success', '4624', LOGON, unless=NOBODY, const={'outcome': 'success'},
         comment='Services, batch jobs and machines log on all day; that is nobody\'s use of an account.',
         data={**WHO, 'LogonType': '2', 'IpAddress': '192.0.2.21', 'IpPort': '0'}, text=('LOGON', 'sato', '2', '192.0.2.21'),
         want={'user': 'sato', 'src_ip': '192.0.2.21', 'method': '2'}),
    rule('auth_failure', '4625', {**LOGON, 'reason': ('SubStatus', SUBSTATUS)}, const={'outcome': 'failure'},
         data={'TargetUserName': 'x" IpAddress="10.0.0.1', 'TargetDomainName': 'HOSP', 'LogonType': '3', 'IpAddress': '192.0.2.9',
               'Status': '0xc000006d', 'SubStatus': '0xc000006a'}, text=('FAILED', 'sato', '3', '192.0.2.9'), fail=True,
         want={'src_ip': '192.0.2.9', 'reason': '0xc000006a'}, want_data={'user': 'x" IpAddress="10.0.0.1'}, want_text={'user': 'sato'}),
    rule('auth_success', '4768', {'user': ('TargetUserName', NAME1), 'domain': ('TargetDomainName', None), 'src_ip': ('IpAddress', CLIENT)},
         when={'Status': ['0x0', '0']}, ok=RESULT_CODE, unless=[OTHERS], const={'method': 'kerberos', 'outcome': 'success'},
         data={'TargetUserName': 'sato', 'TargetDomainName': 'HOSP', 'Status': '0x0', 'IpAddress': '::ffff:192.0.2.21'},
         text=('TGT', 'sato', '0x0', '::ffff:192.0.2.21'), want={'user': 'sato', 'src_ip': '192.0.2.21'}),
    rule('auth_failure', ['4768', '4771'], {'user': ('TargetUserName', NAME1), 'domain': ('TargetDomainName', None), 'src_ip': ('IpAddress', CLIENT),
         'reason': ('Status', (FAILURE_CODE[0] + RESULT_CODE[0], -1))}, comment='A controller says a wrong password first as 4771.',
         unless=[{'Status': ['0x0', '0']}, OTHERS], bad=True, const={'method': 'kerberos', 'outcome': 'failure'}, fail=True, id='4771',
         data={'TargetUserName': 'sato', 'Status': '0x18', 'IpAddress': '::ffff:192.0.2.9', 'PreAuthType': '2'},
         text=('PREAUTH', 'sato', '0x18', '::ffff:192.0.2.9'), want={'user': 'sato', 'src_ip': '192.0.2.9', 'reason': '0x18'}),
    rule('auth_success', '4776', {'user': ('TargetUserName', LOGON_ACCOUNT), 'device': ('Workstation', WORKSTATION)},
         when={'Status': ['0x0', '0']}, ok=ERROR_CODE, unless=[OTHERS], const={'method': 'ntlm', 'outcome': 'success'},
         data={'PackageName': 'MICROSOFT_AUTHENTICATION_PACKAGE_V1_0', 'TargetUserName': 'sato', 'Workstation': 'PC21', 'Status': '0x0'},
         text=('NTLM', 'sato', '0x0', 'PC21'), want={'user': 'sato', 'device': 'PC21'}),
    rule('auth_failure', '4776', {'user': ('TargetUserName', LOGON_ACCOUNT), 'device': ('Workstation', WORKSTATION), 'reason': ('Status', ERROR_CODE)},
         unless=[{'Status': ['0x0', '0']}], bad=True, const={'method': 'ntlm', 'outcome': 'failure'}, fail=True,
         data={'PackageName': 'MICROSOFT_AUTHENTICATION_PACKAGE_V1_0', 'TargetUserName': 'sato', 'Workstation': 'PC21', 'Status': '0xc000006a'},
         text=('NTLM', 'sato', '0xc000006a', 'PC21'), want={'user': 'sato', 'reason': '0xc000006a'}),
    *[rule(type, id, TARGET, success=True, const=const, data=WHO, text=('TARGET', 'sato', 'admin1', ja, en),
           want={'target_user': 'sato', 'user': 'admin1', 'domain': 'HOSP'},
           unless=[OTHERS] if id == '4738' else [])
      for type, id, const, en, ja in [
          ('account_create', '4720', {}, 'A user account was created.', 'ユーザー アカウントが作成されました。'),
          ('account_enable', '4722', {}, 'A user account was enabled.', 'ユーザー アカウントが有効化されました。'),
          ('account_disable', '4725', {}, 'A user account was disabled.', 'ユーザー アカウントが無効化されました。'),
          ('account_delete', '4726', {}, 'A user account was deleted.', 'ユーザー アカウントが削除されました。'),
          ('account_change', '4723', {'reason': 'own password changed'}, 'An attempt was made to change an account\'s password.',
           'アカウントのパスワードの変更が試行されました。'),
          ('account_change', '4724', {'reason': 'password reset'}, 'An attempt was made to reset an account\'s password.',
           'アカウントのパスワードのリセットが試行されました。'),
          ('account_change', '4738', {'reason': 'attributes changed'}, 'A user account was changed.', 'ユーザー アカウントが変更されました。'),
          ('account_change', '4767', {'reason': 'unlocked'}, 'A user account was unlocked.', 'ユーザー アカウントのロックが解除されました。')]],
    rule('account_change', '4740', {'target_user': ('TargetUserName', NAME2), 'device': ('TargetDomainName', CALLER)}, const={'reason': 'locked out'},
         comment='In 4740 TargetDomainName is the computer that the tries came from.',
         data={**WHO, 'TargetDomainName': 'PC21'}, text=('LOCKED', 'sato', 'PC21'), want={'target_user': 'sato', 'device': 'PC21'}),
    rule('account_change', '4781', {'target_user': ('OldTargetUserName', OLD_NAME), 'object': ('NewTargetUserName', NEW_NAME), 'user': ('SubjectUserName', NAME1)},
         success=True, const={'reason': 'renamed'}, data={'OldTargetUserName': 'sato', 'NewTargetUserName': 'ito', 'SubjectUserName': 'admin1'},
         text=('RENAMED', 'sato', 'ito'), want={'target_user': 'sato', 'object': 'ito', 'user': 'admin1'}),
    rule('privilege_change', ['4728', '4732', '4756'], MEMBER, success=True, const={'reason': 'put into the group'},
         data={'MemberName': 'CN=sato,OU=Staff,DC=hosp,DC=local', 'MemberSid': 'S-1-5-21-1-2-3-1104', 'TargetUserName': 'Administrators', 'SubjectUserName': 'admin1'},
         text=('MEMBER', 'CN=sato,OU=Staff,DC=hosp,DC=local', 'Administrators'), want={'group': 'Administrators', 'user': 'admin1', 'target_user': 'CN=sato,OU=Staff,DC=hosp,DC=local'}),
    rule('privilege_change', ['4729', '4733', '4757'], MEMBER, success=True, const={'reason': 'taken out of the group'},
         data={'MemberName': '-', 'MemberSid': 'S-1-5-21-1-2-3-1104', 'TargetUserName': 'Administrators', 'SubjectUserName': 'admin1'},
         text=('MEMBER', '-', 'Administrators'), want={'group': 'Administrators', 'user': 'admin1', 'target_user': ''}),
    *[rule('privilege_change', ids, {'group': ('TargetUserName', GROUP), 'user': ('SubjectUserName', NAME1)}, success=True, const={'reason': why},
           data={'TargetUserName': 'Ward Admins', 'SubjectUserName': 'admin1'}, text=('MEMBER', '-', 'Ward Admins'),
           want={'group': 'Ward Admins', 'user': 'admin1'})
      for ids, why in [(['4727', '4731', '4754'], 'group created'), (['4730', '4734', '4758'], 'group deleted'),
                       (['4735', '4737', '4755'], 'group changed')]],
    rule('remote_session', '4778', {'user': ('AccountName', NAME1), 'domain': ('AccountDomain', DOMAIN1), 'src_ip': ('ClientAddress', CLIENT), 'device': ('ClientName', CLIENT_NAME)},
         unless=[{'SessionName|startswith': 'Console'}, {'ClientAddress': ['LOCAL', 'ローカル']}], const={'method': 'rdp'}, success=True,
         data={'AccountName': 'sato', 'AccountDomain': 'HOSP', 'SessionName': 'RDP-Tcp#3', 'ClientName': 'PC9', 'ClientAddress': '192.0.2.9'},
         text=('RDP', 'sato', '192.0.2.9'), want={'user': 'sato', 'src_ip': '192.0.2.9', 'device': 'PC9'}),
    rule('usb_attached', '6416', {'device': ('DeviceDescription', DEVICE_NAME), 'object': ('DeviceId', DEVICE_ID), 'reason': ('ClassName', None)},
         data={'DeviceId': 'USBSTOR\\DISK&VEN_X', 'DeviceDescription': 'USB Flash Disk', 'ClassName': 'DiskDrive'},
         text=('DEVICE', 'USB Flash Disk', 'USBSTOR\\DISK&VEN_X'), want={'device': 'USB Flash Disk'}),
    rule('log_gap', ['1100', '1101', '1102', '1104'], {'user': ('SubjectUserName', None)}, provider=EVENTLOG, id_field='reason',
         comment='Service stopped, events dropped, log cleared, log full.', security=True, data={'SubjectUserName': 'admin1'}, id='1102', plain='The audit log was cleared.',
         want={'reason': '1102'}, want_data={'user': 'admin1'}),
    rule('log_gap', '104', {'user': ('SubjectUserName', None)}, provider=EVENTLOG, const={'reason': 'log cleared'}, data={'SubjectUserName': 'admin1'}, plain='The System log file was cleared.'),
    rule('log_gap', '6006', provider='EventLog', const={'reason': 'log service stopped'}, plain='The Event log service was stopped.'),
    rule('config_change', '4739', {'user': ('SubjectUserName', NAME1), 'object': ('MinPasswordLength', None)}, success=True, data_only=True, id_field='reason',
         comment='Which length a password must have from now on; "-" where that did not change.',
         data={'SubjectUserName': 'admin1', 'MinPasswordLength': '8', 'LockoutThreshold': '0'}, want={'reason': '4739'}, want_data={'object': '8'}),
    rule('config_change', ['4719', '4739', '4713', '4706', '4707', '4717', '4718', '4817', '4905', '4907'], {'user': ('SubjectUserName', NAME1)}, success=True,
         comment='Audit and domain policy, trusts.', unless=[{'SubjectUserName|endswith': '$'}], id_field='reason', data={'SubjectUserName': 'admin1', 'SubcategoryGuid': 'x'}, text=('SUBJECT', 'admin1'), want={'user': 'admin1', 'reason': '4719'}),
    rule('time_change', '4616', {'user': ('SubjectUserName', NAME1), 'program': ('ProcessName', None)}, unless=[{'SubjectUserName': 'LOCAL SERVICE'}],
         comment='The time service sets the clock all day.', data={'SubjectUserName': 'admin1', 'ProcessName': 'C:\\Windows\\System32\\cmd.exe'}, text=('SUBJECT', 'admin1'), want={'user': 'admin1'}),
    rule('service_change', '4697', {'user': ('SubjectUserName', NAME1), 'object': ('ServiceName', SERVICE_NAME)}, success=True,
         data={'SubjectUserName': 'admin1', 'ServiceName': 'evil'}, text=('SERVICE', 'admin1', 'evil'), want={'object': 'evil'}),
    rule('service_change', '4698', {'user': ('SubjectUserName', NAME1), 'object': ('TaskName', TASK_NAME)}, success=True,
         data={'SubjectUserName': 'admin1', 'TaskName': '\\Update'}, text=('TASK', 'admin1', '\\Update'), want={'object': '\\Update'}),
    rule('service_change', '7045', {'object': ('ServiceName', SERVICE_NAME), 'user': ('AccountName', None)}, provider=SCM,
         data={'ServiceName': 'evil', 'ImagePath': 'c:\\x.exe', 'AccountName': 'LocalSystem'}, text=('SERVICE', '-', 'evil'), want={'object': 'evil'}),
    rule('service_change', '7040', {'object': ('param4', None)}, provider=SCM, unless=[{'param4': ['BITS', 'TrustedInstaller', '']}], const={'reason': 'start type changed'},
         comment='BITS and the installer switch themselves; what changes stands in the language of that Windows, so it is not told.', data_only=True, data={'param1': 'Windows Update', 'param2': 'auto start', 'param3': 'disabled', 'param4': 'wuauserv'}, want_data={'object': 'wuauserv'}),
    rule('protection_stopped', '7036', {'object': ('param1', None)}, provider=SCM, when={'Binary': [stopped(s) for s in PROTECTORS]}, const={'reason': 'service stopped'},
         comment='The service and its state stand in Binary ("WinDefend/1" in UTF-16), the texts are in the language of that Windows.', data_only=True,
         data={'param1': 'Microsoft Defender Antivirus Service', 'param2': 'stopped', 'Binary': stopped('WinDefend')}, want_data={'object': 'Microsoft Defender Antivirus Service'}),
    rule('malware_found', '1117', {'object': ('Path', None), 'reason': ('Threat Name', None), 'outcome': ('Action Name', None)}, provider=DEFENDER, data_only=True,
         comment='What was done about it.',
         data={'Threat Name': 'Virus:DOS/EICAR_Test_File', 'Path': 'file:_C:\\x.com', 'Action Name': 'Quarantine'}, want_data={'outcome': 'Quarantine'}),
    rule('malware_found', ['1118', '1119'], {'object': ('Path', None), 'reason': ('Threat Name', None)}, provider=DEFENDER, const={'outcome': 'failed'},
         comment='It could not be removed.', data={'Threat Name': 'Virus:DOS/EICAR_Test_File', 'Path': 'file:_C:\\x.com'}, plain='Action on malware failed.',
         want_data={'reason': 'Virus:DOS/EICAR_Test_File'}),
    rule('malware_found', ['1116', '1117'], {'object': ('Path', None), 'reason': ('Threat Name', None)}, provider=DEFENDER,
         data={'Threat Name': 'Virus:DOS/EICAR_Test_File', 'Path': 'file:_C:\\x.com'}, plain='Threat found', want_data={'reason': 'Virus:DOS/EICAR_Test_File'}),
    rule('protection_stopped', ['5001', '5010', '5012'], provider=DEFENDER, id_field='reason', plain='Real-time protection is disabled.', want={'reason': '5001'}),
    rule('protection_updated', '2000', {'reason': ('Current Signature Version', None)}, provider=DEFENDER, data={'Current Signature Version': '1.401.1.0'}, plain='updated', want_data={'reason': '1.401.1.0'}),
    rule('config_change', '5007', {'object': ('New Value', None)}, provider=DEFENDER, data={'New Value': 'HKLM\\Software\\x'}, plain='changed'),
    rule('patch_installed', '19', {'object': ('updateTitle', None)}, provider='Microsoft-Windows-WindowsUpdateClient', data={'updateTitle': '2026-11 累積更新プログラム (KB5000000)'}, plain='Installation Successful', want_data={'object': '2026-11 累積更新プログラム (KB5000000)'}),
    rule('patch_failed', '20', {'object': ('updateTitle', None)}, provider='Microsoft-Windows-WindowsUpdateClient', data={'updateTitle': '2026-11 累積更新プログラム (KB5000000)'}, plain='Installation Failure', want_data={'object': '2026-11 累積更新プログラム (KB5000000)'}),
    rule('software_change', ['1033', '1034', '11707', '11724'], provider='MsiInstaller', id_field='reason', plain='installed'),
    rule('backup_finished', '4', provider=BACKUP, const={'outcome': 'success'}, plain='The backup operation has finished successfully.'),
    rule('backup_failed', ['5', '9', '17', '22', '49', '50', '52', '100', '517', '518', '521', '527', '528', '544', '545', '546', '561', '564', '612'], provider=BACKUP,
         const={'outcome': 'failure'}, id_field='reason', plain='The backup operation has failed.', want={'reason': '5'}),
    rule('backup_deleted', '524', provider=BACKUP, const={'reason': 'catalog'}, plain='The System Catalog has been deleted.'),
    rule('backup_deleted', '4688', {'object': ('CommandLine', None), 'user': ('SubjectUserName', None)}, data_only=True, const={'reason': 'command'},
         comment='Process creation with its command line, where the policy records it: what ransomware does first.',
         when={'CommandLine|contains': ['delete shadows', 'resize shadowstorage', 'shadowcopy delete', 'wbadmin delete', 'wbadmin.exe delete'],
               'NewProcessName|endswith': ['\\vssadmin.exe', '\\wbadmin.exe', '\\wmic.exe', '\\cmd.exe', '\\powershell.exe', '\\pwsh.exe']},
         data={'SubjectUserName': 'admin1', 'NewProcessName': 'C:\\Windows\\System32\\vssadmin.exe', 'CommandLine': 'vssadmin.exe delete shadows /all /quiet'}, want_data={'user': 'admin1'}),
    rule('auth_success', '6272', {'user': ('SubjectUserName', NPS_USER), 'domain': ('SubjectDomainName', DOMAIN1), 'mac': ('CallingStationID', NPS_MAC)},
         unless=[{'SubjectUserName|endswith': '$'}, {'SubjectUserName|startswith': 'host/'}], const={'method': 'nps', 'outcome': 'success'},
         data={'SubjectUserName': 'sato', 'SubjectDomainName': 'HOSP', 'CallingStationID': '34-23-BA-11-26-B8'}, text=('NPS', 'sato'), want={'user': 'sato', 'mac': '3423ba1126b8'}),
    rule('auth_failure', ['6273', '6274', '6276'], {'user': ('SubjectUserName', NPS_USER), 'domain': ('SubjectDomainName', DOMAIN1), 'mac': ('CallingStationID', NPS_MAC), 'reason': ('ReasonCode', None)},
         const={'method': 'nps', 'outcome': 'failure'}, fail=True, data={'SubjectUserName': 'sato', 'CallingStationID': '34-23-BA-11-26-B8', 'ReasonCode': '16'}, text=('NPS', 'sato'), want={'user': 'sato', 'mac': '3423ba1126b8'}),
    rule('remote_session', ['21', '25'], {'user': ('@User', RDS_USER), 'src_ip': ('@Address', SOURCE)}, provider=RDS, unless=[{'@Address': ['LOCAL', 'ローカル', '', '-']}],
         comment='A remote desktop that logged on (21) or came back (25); LOCAL is the console.', const={'method': 'rdp'},
         data={'@User': 'HOSP\\v-emr', '@Address': '203.0.113.20'}, text=('RDS', 'HOSP\\v-emr', '203.0.113.20'), want={'user': 'HOSP\\v-emr', 'src_ip': '203.0.113.20'}),
    rule('remote_session', '1149', {'user': ('@Param1', RDS_USER), 'domain': ('@Param2', None), 'src_ip': ('@Param3', SOURCE)}, provider=RDC, unless=[{'@Param1': ''}], const={'method': 'rdp'},
         data={'@Param1': 'v-emr', '@Param2': 'HOSP', '@Param3': '203.0.113.20'}, text=('RDS', 'v-emr', '203.0.113.20'), want={'user': 'v-emr', 'src_ip': '203.0.113.20'}),
    rule('usb_attached', '2003', {'device': ('@instance', None)}, provider=UMDF, const={'method': 'usb'}, data={'@instance': 'SWD#WPDBUSENUM#USBSTOR#DISK'}, plain='device', want_data={'device': 'SWD#WPDBUSENUM#USBSTOR#DISK'}),
    rule('usb_attached', '400', {'device': ('DeviceInstanceId', None)}, provider=PNP, when={'DeviceInstanceId|startswith': ['USBSTOR', 'USB\\VID']}, const={'method': 'usb'}, data_only=True,
         data={'DeviceInstanceId': 'USBSTOR\\Disk&Ven_X\\1'}, want_data={'device': 'USBSTOR\\Disk&Ven_X\\1'}),
]

# Texts as Windows renders them, shortened; {g} is the gap.  English and Japanese in turn.
TEXTS = {
    'LOGON': ('An account was successfully logged on.{g}{g}Subject:{g}Security ID:{g}S-1-5-18{g}Account Name:{g}PC21${g}Account Domain:{g}HOSP{g}Logon ID:{g}0x3e7{g}Logon Type:{g}{1}{g}New Logon:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x99{g}Network Information:{g}Workstation Name:{g}PC21{g}Source Network Address:{g}{2}{g}Source Port:{g}0',
              'アカウントが正常にログオンしました。{g}サブジェクト:{g}セキュリティ ID:{g}S-1-5-18{g}アカウント名:{g}PC21${g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x3E7{g}ログオン情報:{g}ログオン タイプ:{g}{1}{g}新しいログオン:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x99{g}ネットワーク アカウント名:{g}-{g}ネットワーク情報:{g}ワークステーション名:{g}PC21{g}ソース ネットワーク アドレス:{g}{2}{g}ソース ポート:{g}0'),
    'FAILED': ('An account failed to log on.{g}Subject:{g}Security ID:{g}S-1-0-0{g}Account Name:{g}-{g}Account Domain:{g}-{g}Logon ID:{g}0x0{g}Logon Type:{g}{1}{g}Account For Which Logon Failed:{g}Security ID:{g}S-1-0-0{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Failure Information:{g}Failure Reason:{g}Unknown user name or bad password.{g}Status:{g}0xc000006d{g}Sub Status:{g}0xc000006a{g}Network Information:{g}Workstation Name:{g}PC9{g}Source Network Address:{g}{2}{g}Source Port:{g}40000',
               'アカウントがログオンに失敗しました。{g}サブジェクト:{g}セキュリティ ID:{g}NULL SID{g}アカウント名:{g}-{g}アカウント ドメイン:{g}-{g}ログオン ID:{g}0x0{g}ログオン タイプ:{g}{1}{g}ログオンを失敗したアカウント:{g}セキュリティ ID:{g}NULL SID{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}エラー情報:{g}失敗の原因:{g}ユーザー名を認識できないか、またはパスワードが間違っています。{g}状態:{g}0xC000006D{g}サブ ステータス:{g}0xc000006a{g}ネットワーク情報:{g}ワークステーション名:{g}PC9{g}ソース ネットワーク アドレス:{g}{2}{g}ソース ポート:{g}40000'),
    'TGT': ('A Kerberos authentication ticket (TGT) was requested.{g}Account Information:{g}Account Name:{g}{0}{g}Supplied Realm Name:{g}HOSP{g}User ID:{g}S-1-5-21-1{g}Service Information:{g}Service Name:{g}krbtgt{g}Network Information:{g}Client Address:{g}{2}{g}Client Port:{g}50000{g}Additional Information:{g}Ticket Options:{g}0x40810010{g}Result Code:{g}{1}{g}Pre-Authentication Type:{g}2',
            'Kerberos 認証チケット (TGT) が要求されました。{g}アカウント情報:{g}アカウント名:{g}{0}{g}指定された領域名:{g}HOSP{g}ユーザー ID:{g}HOSP\\{0}{g}サービス情報:{g}サービス名:{g}krbtgt{g}ネットワーク情報:{g}クライアント アドレス:{g}{2}{g}クライアント ポート:{g}50000{g}追加情報:{g}チケット オプション:{g}0x40810010{g}結果コード:{g}{1}{g}事前認証の種類:{g}2'),
    'PREAUTH': ('Kerberos pre-authentication failed.{g}Account Information:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Service Information:{g}Service Name:{g}krbtgt/HOSP{g}Network Information:{g}Client Address:{g}{2}{g}Client Port:{g}50000{g}Additional Information:{g}Ticket Options:{g}0x40810010{g}Failure Code:{g}{1}{g}Pre-Authentication Type:{g}2',
                'Kerberos 事前認証に失敗しました。{g}アカウント情報:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}サービス情報:{g}サービス名:{g}krbtgt/HOSP{g}ネットワーク情報:{g}クライアント アドレス:{g}{2}{g}クライアント ポート:{g}50000{g}追加情報:{g}チケット オプション:{g}0x40810010{g}エラー コード:{g}{1}{g}事前認証の種類:{g}2'),
    'NTLM': ('The computer attempted to validate the credentials for an account.{g}Authentication Package:{g}MICROSOFT_AUTHENTICATION_PACKAGE_V1_0{g}Logon Account:{g}{0}{g}Source Workstation:{g}{2}{g}Error Code:{g}{1}',
             'コンピューターがアカウントの資格情報の確認を試行しました。{g}認証パッケージ:{g}MICROSOFT_AUTHENTICATION_PACKAGE_V1_0{g}ログオン アカウント:{g}{0}{g}ソース ワークステーション:{g}{2}{g}エラー コード:{g}{1}'),
    'TARGET': ('{3}{g}Subject:{g}Security ID:{g}S-1-5-21-9{g}Account Name:{g}{1}{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2{g}Target Account:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP',
               '{2}{g}サブジェクト:{g}セキュリティ ID:{g}HOSP\\{1}{g}アカウント名:{g}{1}{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2{g}ターゲット アカウント:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP'),
    'LOCKED': ('A user account was locked out.{g}Subject:{g}Security ID:{g}S-1-5-18{g}Account Name:{g}DC01${g}Account Domain:{g}HOSP{g}Logon ID:{g}0x3e7{g}Account That Was Locked Out:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Additional Information:{g}Caller Computer Name:{g}{1}',
               'ユーザー アカウントがロックアウトされました。{g}サブジェクト:{g}セキュリティ ID:{g}SYSTEM{g}アカウント名:{g}DC01${g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x3E7{g}ロックアウトされたアカウント:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}追加情報:{g}呼び出し元コンピューター名:{g}{1}'),
    'RENAMED': ('The name of an account was changed:{g}Subject:{g}Security ID:{g}S-1-5-21-9{g}Account Name:{g}admin1{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2{g}Target Account:{g}Security ID:{g}S-1-5-21-1{g}Account Domain:{g}HOSP{g}Old Account Name:{g}{0}{g}New Account Name:{g}{1}',
                'アカウントの名前が変更されました。{g}サブジェクト:{g}セキュリティ ID:{g}HOSP\\admin1{g}アカウント名:{g}admin1{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2{g}ターゲット アカウント:{g}セキュリティ ID:{g}HOSP\\{1}{g}アカウント ドメイン:{g}HOSP{g}古いアカウント名:{g}{0}{g}新しいアカウント名:{g}{1}'),
    'MEMBER': ('A member was added to a security-enabled group.{g}Subject:{g}Security ID:{g}S-1-5-21-9{g}Account Name:{g}admin1{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2{g}Member:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Group:{g}Security ID:{g}S-1-5-32-544{g}Group Name:{g}{1}{g}Group Domain:{g}Builtin',
               'セキュリティが有効なローカル グループにメンバーが追加されました。{g}サブジェクト:{g}セキュリティ ID:{g}HOSP\\admin1{g}アカウント名:{g}admin1{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2{g}メンバー:{g}セキュリティ ID:{g}S-1-5-21-1{g}アカウント名:{g}{0}{g}グループ:{g}セキュリティ ID:{g}BUILTIN\\{1}{g}グループ名:{g}{1}{g}グループ ドメイン:{g}Builtin'),
    'RDP': ('A session was reconnected to a Window Station.{g}Subject:{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2{g}Session:{g}Session Name:{g}RDP-Tcp#3{g}Additional Information:{g}Client Name:{g}PC9{g}Client Address:{g}{1}',
            'セッションがウィンドウ ステーションに再接続されました。{g}サブジェクト:{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2{g}セッション:{g}セッション名:{g}RDP-Tcp#3{g}追加情報:{g}クライアント名:{g}PC9{g}クライアント アドレス:{g}{1}'),
    'DEVICE': ('A new external device was recognized by the system.{g}Subject:{g}Account Name:{g}PC21${g}Device ID:{g}{1}{g}Device Name:{g}{0}{g}Class ID:{g}x',
               '新しい外部デバイスがシステムによって認識されました。{g}サブジェクト:{g}アカウント名:{g}PC21${g}デバイス ID:{g}{1}{g}デバイス名:{g}{0}{g}クラス ID:{g}x'),
    'SUBJECT': ('System audit policy was changed.{g}Subject:{g}Security ID:{g}S-1-5-21-9{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2',
                'システム監査ポリシーが変更されました。{g}サブジェクト:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2'),
    'SERVICE': ('A service was installed in the system.{g}Subject:{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Service Information:{g}Service Name:{g}{1}{g}Service File Name:{g}c:\\x.exe',
                'サービスがシステムにインストールされました。{g}サブジェクト:{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}サービス情報:{g}サービス名:{g}{1}{g}サービス ファイル名:{g}c:\\x.exe'),
    'TASK': ('A scheduled task was created.{g}Subject:{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Logon ID:{g}0x5a1b2{g}Task Information:{g}Task Name:{g}{1}',
             'スケジュールされたタスクが作成されました。{g}サブジェクト:{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}ログオン ID:{g}0x5A1B2{g}タスク情報:{g}タスク名:{g}{1}'),
    'NPS': ('Network Policy Server granted access to a user.{g}User:{g}Security ID:{g}S-1-5-21-1{g}Account Name:{g}{0}{g}Account Domain:{g}HOSP{g}Client Machine:{g}Account Name:{g}-{g}Calling Station Identifier:{g}34-23-BA-11-26-B8{g}NAS:{g}NAS IPv4 Address:{g}192.0.2.5',
            'ネットワーク ポリシー サーバーがユーザーにアクセスを許可しました。{g}ユーザー:{g}セキュリティ ID:{g}HOSP\\{0}{g}アカウント名:{g}{0}{g}アカウント ドメイン:{g}HOSP{g}クライアント コンピューター:{g}アカウント名:{g}-{g}起呼端末 ID:{g}34-23-BA-11-26-B8{g}NAS:{g}NAS IPv4 アドレス:{g}192.0.2.5'),
    'RDS': ('Remote Desktop Services: Session logon succeeded:{g}User:{g}{0}{g}Session ID:{g}3{g}Source Network Address:{g}{1}',
            'リモート デスクトップ サービス: セッション ログオンに成功しました:{g}ユーザー:{g}{0}{g}セッション ID:{g}3{g}ソース ネットワーク アドレス:{g}{1}'),
}


def render(spec, japanese, gap):
    text = TEXTS[spec[0]][1 if japanese else 0].replace('{g}', gap)
    for i, value in enumerate(spec[1:]):
        text = text.replace('{%d}' % i, value)
    return text


def quote(text):
    return json.dumps(text, ensure_ascii=False)


def value(v):
    return '[' + ', '.join(quote(x) for x in v) + ']' if isinstance(v, list) else quote(v)


def mapping(pairs):
    return '{' + ', '.join(f'{quote(k) if not k.isidentifier() else k}: {value(v)}' for k, v in pairs.items()) + '}'


def lines_of(r, when, unless, fields, examples, pattern=None):
    out = []
    if r.get('comment'):
        out.append(f'  # {r["comment"]}')
    out.append(f'  - type: {r["type"]}')
    if r.get('also'):
        out.append(f'    also: {r["also"]}')
    if pattern:
        out.append('    pattern: ' + value(pattern))
    for name, maps in (('when', when), ('unless', unless)):
        if len(maps) == 1:
            out.append(f'    {name}: {mapping(maps[0])}')
        elif maps:
            out.append(f'    {name}:')
            out += [f'      - {mapping(m)}' for m in maps]
    if fields:
        out.append('    fields:')
        for k, v in fields.items():
            out.append(f'      {k}: ' + (quote(v) if isinstance(v, str) else v[0]))
    out.append('    examples:')
    for line, want, more in examples:
        out.append(f'      - line: {line if isinstance(line, str) and line.startswith(chr(39)) else quote(line)}')
        out += [f'        {k}: {quote(v)}' for k, v in {**more, **want}.items()]
    return out


def constants(r):
    return {k: '=' + v for k, v in r.get('const', {}).items()}


# ---- Shapes with named data.

class Any:
    def wants(self, r):
        return True


class Data(Any):
    """An agent that keeps the names of the event's data.  key(): its name for one of ours."""

    def key(self, name):
        return name

    def when(self, r):
        base = {self.key('EventID'): r['ids'] if len(r['ids']) > 1 else r['ids'][0]}
        more = self.keys(r.get('when', {}))
        provider = r['provider']
        if provider == AUDIT:
            return [{**base, self.key('Channel'): 'Security', **more}, {**base, self.key('Provider'): [AUDIT, ''], **more}]
        maps = [{**base, self.key('Provider'): provider, **more}]
        if r.get('security'):
            maps.append({**base, self.key('Channel'): 'Security', **more})
        return maps

    def keys(self, conditions):
        out = {}
        for k, v in conditions.items():
            name, bar, modifier = k.partition('|')
            out[self.key(name) + bar + modifier] = v
        return out

    def unless(self, r):
        maps = [self.keys(u) for u in r.get('unless', [])]
        if r.get('success'):
            maps.insert(0, self.refused())
        return maps

    def rule(self, r):
        fields = {f: self.key(k) for f, (k, _) in r['fields'].items()}
        fields.update(constants(r))
        if r.get('id_field'):
            fields[r['id_field']] = self.key('EventID')
        fields['host'] = self.key('Host')
        want = {**r.get('want', {}), **r.get('want_data', {})}
        provider = r['provider'][0] if isinstance(r['provider'], list) else r['provider']
        line = self.line(r.get('id', r['ids'][0]), provider, r.get('data', {}), r.get('fail', False))
        return lines_of(r, self.when(r), self.unless(r), fields, [(line, want, self.more)])

    more = {'program': ''}

    def nothing(self):
        a = lambda id, data, provider=AUDIT, fail=False: self.line(id, provider, data, fail)
        return [
            a('4624', {'TargetUserName': 'PC21$', 'LogonType': '3', 'IpAddress': '192.0.2.21'}),
            a('4624', {'TargetUserName': 'svc1', 'LogonType': '5'}),
            a('4624', {'TargetUserName': 'SYSTEM', 'LogonType': '0'}),
            a('4634', {'TargetUserName': 'sato', 'LogonType': '3'}),
            a('4688', {'SubjectUserName': 'sato', 'NewProcessName': 'c:\\x EventID=4625 EventID="4625"'}),
            a('4672', {'SubjectUserName': 'sato'}),
            a('4688', {'SubjectUserName': 'sato', 'NewProcessName': 'C:\\x\\notepad.exe', 'CommandLine': 'notepad delete shadows.txt'}),
            a('4769', {'TargetUserName': 'sato@HOSP', 'Status': '0x0', 'IpAddress': '::ffff:192.0.2.21'}),
            a('104', {}, 'Other-Provider'),
            a('4', {}, 'Other-Provider'),
            a('4720', WHO, fail=True),
            a('5140', {'SubjectUserName': 'sato', 'ShareName': '\\\\*\\C$', 'IpAddress': '192.0.2.21'}),
            a('2001', {'Current Signature Version': '1.1'}, DEFENDER),
            a('14', {}, BACKUP),
            a('7036', {'param1': 'BITS', 'param2': 'stopped', 'Binary': stopped('BITS')}, SCM),
            a('1105', {}, EVENTLOG[0]),
        ]


class Nxlog(Data):
    id, format = 'windows-nxlog', 'json'
    select = 'contains: ["\\"EventID\\""]'
    head = '''Windows event log as NXLog's to_json() writes it (its manual: im_msvistalog, xm_json): one flat object, EventID a number,
the event's own data under its own names.'''
    names = {'Provider': 'SourceName', 'Host': 'Hostname', '@User': 'User', '@Address': 'Address', '@Param1': 'Param1', '@Param2': 'Param2',
             '@Param3': 'Param3', '@instance': 'InstanceId'}

    def key(self, name):
        return self.names.get(name, name)

    def refused(self):
        return {'EventType': 'AUDIT_FAILURE'}

    def line(self, id, provider, data, fail):
        o = {'EventTime': '2026-11-24 10:00:00', 'Hostname': 'dc01.hosp.local', 'EventType': 'AUDIT_FAILURE' if fail else 'AUDIT_SUCCESS',
             'EventID': int(id), 'SourceName': provider, 'Channel': 'Security' if provider == AUDIT else 'System'}
        o.update({self.key(k): v for k, v in data.items()})
        return json.dumps(o, ensure_ascii=False)

    def nothing(self):
        return super().nothing() + ['{"message":"EventID 4625","EventID":4688,"TargetUserName":"sato"}',
                                    '{"EventID":4720,"SourceName":"Some application","TargetUserName":"sato"}']


class RsyslogAgent(Nxlog):
    id = 'windows-rsyslog-json'
    select = 'contains: ["\\"nteventlogtype\\""]'
    head = '''Windows event log as Adiscon's agents (rsyslog Windows Agent, EventReporter, WinSyslog) write it with "CEE enhanced syslog":
one object behind "@cee:", the event's own data under its own names (their manual, Forward Syslog options).'''
    names = {**Nxlog.names, 'Provider': 'sourceproc', 'Host': 'source', 'EventID': 'id', 'Channel': 'nteventlogtype'}

    def refused(self):
        return {'keywordid': '0x8010000000000000'}

    def line(self, id, provider, data, fail):
        o = {'source': 'dc01.hosp.local', 'nteventlogtype': 'Security' if provider == AUDIT else 'System', 'sourceproc': provider, 'id': id,
             'keywordid': '0x8010000000000000' if fail else '0x8020000000000000'}
        o.update({self.key(k): v for k, v in data.items()})
        return '@cee: ' + json.dumps(o, ensure_ascii=False)[:-1] + ', }'

    def nothing(self):
        return Data.nothing(self)


class Winlogbeat(Data):
    id, format = 'windows-winlogbeat', 'json'
    select = 'contains: ["\\"winlog\\""]'
    head = '''Windows event log as Winlogbeat 7 and later (and Elastic Agent) write it: the event under "winlog", its data under
"winlog.event_data", what has user data under "winlog.user_data" (their exported-fields reference).'''
    names = {'EventID': 'winlog.event_id', 'Provider': 'winlog.provider_name', 'Host': 'winlog.computer_name', 'Channel': 'winlog.channel',
             '@User': 'winlog.user_data.User', '@Address': 'winlog.user_data.Address', '@Param1': 'winlog.user_data.Param1',
             '@Param2': 'winlog.user_data.Param2', '@Param3': 'winlog.user_data.Param3', '@instance': 'winlog.user_data.InstanceId'}
    root = ('winlog', 'event_data', 'user_data')

    def key(self, name):
        return self.names.get(name, 'winlog.event_data.' + name)

    def refused(self):
        return {'event.outcome': 'failure'}

    def line(self, id, provider, data, fail):
        event, user = {}, {}
        for k, v in data.items():
            (user if k.startswith('@') else event)[self.key(k).split('.')[-1]] = v
        o = {'@timestamp': '2026-11-24T01:00:00.000Z', 'event': {'code': id, 'outcome': 'failure' if fail else 'success', 'provider': provider},
             'winlog': {'provider_name': provider, 'channel': 'Security' if provider == AUDIT else 'System', 'computer_name': 'dc01.hosp.local',
                        'event_id': id, **({'event_data': event} if event else {}), **({'user_data': user} if user else {})}}
        return json.dumps(o, ensure_ascii=False)


class Winlogbeat6(Winlogbeat):
    id = 'windows-winlogbeat6'
    select = 'contains: ["\\"event_data\\":"]'
    head = '''Windows event log as Winlogbeat up to 6 wrote it: "event_id", "source_name" and "event_data" at the top (its exported fields).
Never seen from a real device here.'''
    names = {'EventID': 'event_id', 'Provider': 'source_name', 'Host': 'computer_name', 'Channel': 'log_name', '@User': 'user_data.User',
             '@Address': 'user_data.Address', '@Param1': 'user_data.Param1', '@Param2': 'user_data.Param2', '@Param3': 'user_data.Param3', '@instance': 'user_data.InstanceId'}

    def key(self, name):
        return self.names.get(name, 'event_data.' + name)

    def refused(self):
        return {'keywords': 'Audit Failure'}

    def line(self, id, provider, data, fail):
        event, user = {}, {}
        for k, v in data.items():
            (user if k.startswith('@') else event)[self.key(k).split('.')[-1]] = v
        return json.dumps({'@timestamp': '2026-11-24T01:00:00.000Z', 'computer_name': 'dc01.hosp.local', 'source_name': provider,
                           'log_name': 'Security' if provider == AUDIT else 'System', 'keywords': ['Audit Failure' if fail else 'Audit Success'],
                           'event_id': int(id), 'event_data': event, **({'user_data': user} if user else {})}, ensure_ascii=False, separators=(',', ':'))


class Wazuh(Data):
    id, format = 'windows-wazuh', 'json'
    select = 'starts: ["{\\"win\\"", "{ \\"win\\""]'
    head = '''Windows event log as Wazuh's agent forwards it: "win.system" and "win.eventdata", names in lower camel case (its documentation
of the eventchannel decoder).  Never seen from a real device here.'''
    names = {'EventID': 'win.system.eventID', 'Provider': 'win.system.providerName', 'Host': 'win.system.computer', 'Channel': 'win.system.channel',
             '@User': 'win.userdata.user', '@Address': 'win.userdata.address', '@Param1': 'win.userdata.param1', '@Param2': 'win.userdata.param2',
             '@Param3': 'win.userdata.param3', '@instance': 'win.userdata.instanceId'}

    def key(self, name):
        return self.names.get(name, 'win.eventdata.' + name[0].lower() + name[1:])

    def refused(self):
        return {'win.system.keywords': '0x8010000000000000'}

    def line(self, id, provider, data, fail):
        o = {'system': {'providerName': provider, 'eventID': id, 'keywords': '0x8010000000000000' if fail else '0x8020000000000000',
                        'channel': 'Security' if provider == AUDIT else 'System', 'computer': 'dc01.hosp.local'}}
        for k, v in data.items():
            part, name = self.key(k).split('.')[1:]
            o.setdefault(part, {})[name] = v
        return json.dumps({'win': o}, ensure_ascii=False)


def xml_text(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;')


class Xml(Data):
    id, format = 'windows-xml', 'xml'
    select = 'starts: ["<Event ", "<Event>"]\ncontains: ["</EventID>"]'
    head = '''Windows event log as one <Event> a line (wevtutil, NXLog's to_xml(), WEF collectors, RFC 5424 with the XML as its message); schema
of http://schemas.microsoft.com/win/2004/08/events/event.'''
    names = {'EventID': 'System.EventID', 'Provider': 'System.Provider@Name', 'Host': 'System.Computer', 'Channel': 'System.Channel',
             '@User': 'UserData.EventXML.User', '@Address': 'UserData.EventXML.Address', '@Param1': 'UserData.EventXML.Param1',
             '@Param2': 'UserData.EventXML.Param2', '@Param3': 'UserData.EventXML.Param3', '@instance': 'UserData.UMDFHostDeviceArrivalBegin@InstanceId',
             'Binary': 'EventData.Binary'}

    def key(self, name):
        return self.names.get(name, name)

    def refused(self):
        return {'System.Keywords': '0x8010000000000000'}

    def line(self, id, provider, data, fail):
        event = ''.join(f'<Data Name="{k}">{xml_text(v)}</Data>' if k != 'Binary' else f'<Binary>{v}</Binary>' for k, v in data.items() if not k.startswith('@'))
        user = ''.join(f'<{self.key(k).split(".")[-1]}>{xml_text(v)}</{self.key(k).split(".")[-1]}>' for k, v in data.items() if k.startswith('@') and k != '@instance')
        body = f'<EventData>{event}</EventData>'
        if '@instance' in data:
            body = f'<UserData><UMDFHostDeviceArrivalBegin lifetime="1" InstanceId="{xml_text(data["@instance"])}"/></UserData>'
        elif user:
            body = f'<UserData><EventXML>{user}</EventXML></UserData>'
        return ('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="' + provider + f'"/><EventID>{id}</EventID>'
                f'<Keywords>{"0x8010000000000000" if fail else "0x8020000000000000"}</Keywords><Channel>{"Security" if provider == AUDIT else "System"}</Channel>'
                f'<Computer>dc01.hosp.local</Computer></System>{body}</Event>')

    def nothing(self):
        return super().nothing() + ['<Event><System><EventID>4634</EventID></System><EventData><Data Name="TargetUserName">&lt;EventID>4625&lt;/EventID></Data></EventData></Event>']


class NxlogData(Nxlog):
    id, format = 'windows-nxlog-ietf', 'sd'
    select = 'starts: ["[NXLOG@"]'
    head = '''Windows event log as NXLog's to_syslog_ietf() writes it (its manual, xm_syslog): RFC 5424 with all fields as structured data in
front of the message; the message is for people, and not looked at.'''
    more = {'header': 'yes'}

    def line(self, id, provider, data, fail):
        o = {'EventReceivedTime': '2026-11-24 10:00:01', 'Keywords': '-9214364837600034816', 'EventType': 'AUDIT_FAILURE' if fail else 'AUDIT_SUCCESS',
             'EventID': id, 'SourceName': provider, 'Channel': 'Security' if provider == AUDIT else 'System', 'Hostname': 'dc01.hosp.local'}
        o.update({self.key(k): v for k, v in data.items()})
        esc = lambda v: v.replace('\\', '\\\\').replace('"', '\\"').replace(']', '\\]')
        return ('<14>1 2026-11-24T10:00:01.000000+09:00 dc01.hosp.local ' + provider.replace(' ', '_') + ' 712 - [NXLOG@14506 '
                + ' '.join(f'{k.replace(" ", "")}="{esc(v)}"' for k, v in o.items()) + '] text for people, Account Name:  nobody')

    def key(self, name):
        return super().key(name).replace(' ', '')

    def nothing(self):
        return Data.nothing(self) + ['<14>1 2026-11-24T10:00:01+09:00 srv app - - [NXLOG@14506 path="x" host="EventID=4625"] EventID="4625"']


# ---- Shapes with a text for people.

class Text(Any):
    """An agent that gives the rendered text: values stand behind labels."""

    key = 'message'
    gap = '  '

    def label(self, spec):
        names, nth = spec
        return (f'{{label: {value(names)}, nth: {nth}, of: {self.key}}}',)

    def conditions(self, r):
        """The rule's own conditions, on fields of the event."""
        by_key = {k: f for f, (k, _) in r['fields'].items()}
        out = []
        for u in r.get('unless', []):
            m = {}
            for k, v in u.items():
                name, bar, modifier = k.partition('|')
                if name in by_key and r['fields'][by_key[name]][1]:
                    m[f'%{{{by_key[name]}}}' + bar + modifier] = v
            if len(m) == len(u):
                out.append(m)
        return out

    def rule(self, r):
        if r.get('data_only'):
            return []
        r = dict(r)
        fields = {f: self.label(spec) for f, (_, spec) in r['fields'].items() if spec}
        if r.get('ok'):
            fields['reason'] = self.label(r['ok'])
        fields.update(constants(r))
        if r.get('id_field'):
            fields[r['id_field']] = self.id_field(r)
        fields.update(self.host_field())
        when, unless = self.when(r), self.conditions(r)
        if r.get('ok'):
            when = [{**m, '%{reason}': ['0x0', '0']} for m in when or [{}]]
        for k, v in r.get('when', {}).items():
            by_key = {k2: f for f, (k2, s) in r['fields'].items() if s}
            if k in by_key:
                when = [{**m, f'%{{{by_key[k]}}}': v} for m in when or [{}]]
        if r.get('success'):
            unless.insert(0, self.refused())
        unless = [u for u in unless if u]
        want = {**r.get('want', {}), **r.get('want_text', {})}
        provider = r['provider'][0] if isinstance(r['provider'], list) else r['provider']
        id, fail = r.get('id', r['ids'][0]), r.get('fail', False)
        texts = [render(r['text'], ja, gap) for ja, gap in self.variants] if r.get('text') else [r.get('plain', 'x')]
        examples = [(self.line(id, provider, t, fail), want, self.more) for t in texts]
        return lines_of(r, when, unless, fields, examples, self.pattern(r))

    more = {'program': ''}

    def pattern(self, r):
        return None

    def nothing(self):
        a = lambda id, text, provider=AUDIT, fail=False: self.line(id, provider, text, fail)
        g = self.variants[0][1]
        return [
            a('4624', render(('LOGON', 'svc1', '5', '-'), False, g)),
            a('4624', render(('LOGON', 'PC21$', '3', '192.0.2.21'), True, g)),
            a('4634', f'An account was logged off.{g}Account Name:{g}sato'),
            a('4688', f'A new process has been created.{g}4625{g}Account Name:{g}x'),
            a('4720', render(('TARGET', 'sato', 'admin1', 'x', 'x'), False, g), fail=True),
            a('4', 'x', 'Other-Provider'),
            a('5140', f'A network share object was accessed.{g}Account Name:{g}sato'),
        ]


class Snare(Text):
    id, format = 'windows-snare', 'tab'
    select = 'starts: ["MSWinEventLog\\t", "MSWinEventLog#011"]\ncolumns: [mark, level, log, counter, date, id, source, account, sid, type, computer, category, data, message]'
    head = '''Windows event log as Snare's agent and NXLog's to_syslog_snare() write it (Snare's guide): tabs between columns (a relay may have made
#011 of them), the event's text in the 14th, in the language of that Windows.  Success or failure is the 10th column's, never the
text's.  The name that was tried stands in front of the address: the last address counts.'''
    variants = [(False, '   '), (True, '  '), (True, ' ')]
    REFUSED = ['Failure Audit', 'AUDIT_FAILURE', '失敗の監査']

    def when(self, r):
        base = {'id': r['ids'] if len(r['ids']) > 1 else r['ids'][0]}
        if r['provider'] == AUDIT:
            return [{**base, 'log': ['Security', 'セキュリティ']}]
        return [{**base, 'source': r['provider']}] + ([{**base, 'log': ['Security', 'セキュリティ']}] if r.get('security') else [])

    def refused(self):
        return {'type': self.REFUSED}

    def conditions(self, r):
        out = super().conditions(r)
        if r.get('bad'):
            out = [m for m in out if '%{reason}' not in m] + [{'%{reason}': ['0x0', '0']}, {'%{reason}|startswith': '0x0 '}]
        return out

    def id_field(self, r):
        return 'id'

    def host_field(self):
        return {'host': 'computer'}

    def line(self, id, provider, text, fail):
        log = 'Security' if provider == AUDIT else 'System'
        return f'MSWinEventLog\t1\t{log}\t3121\tTue Nov 24 10:00:00 2026\t{id}\t{provider}\tN/A\tN/A\t{"Failure Audit" if fail else "Success Audit"}\tDC01\tLogon\t\t{text}\t99'

    def nothing(self):
        return super().nothing() + [self.line('4625', AUDIT, 'x', False).replace('4625', '4634').replace('\t', '#011')]


class Viewer(Snare):
    id, format = 'windows-viewer', 'csv'
    KINDS = ['情報', '成功の監査', '失敗の監査', 'Information', 'Audit Success', 'Audit Failure', '警告', 'エラー', '重大', 'Warning', 'Error', 'Critical']
    select = ('starts: [' + ', '.join(f'"{k},20"' for k in KINDS[:3] + KINDS[6:9]) + ', ' + ', '.join(f'"{k},"' for k in KINDS[3:6] + KINDS[9:])
              + ', ' + ', '.join(f"'\"{k}\",\"'" for k in KINDS) + ']\n'
              'columns: [kind, date, source, id, category, message]')
    head = '''Windows' Event Viewer, "save as CSV", Japanese and English: keyword or level, time, source, id, category, text in quotes with its lines
(a forwarder may have made blanks of them).  There is no computer in it.  Id and source decide.'''
    variants = [(True, '\n\t'), (False, '\n\t'), (True, ' ')]
    REFUSED = ['失敗の監査', 'Audit Failure']

    def when(self, r):
        base = {'id': r['ids'] if len(r['ids']) > 1 else r['ids'][0], 'source': r['provider']}
        return [base]

    def refused(self):
        return {'kind': self.REFUSED}

    def host_field(self):
        return {'at': 'date'}

    def line(self, id, provider, text, fail):
        kind = '失敗の監査' if fail else '成功の監査' if provider == AUDIT else '情報'
        return f'{kind},2026/11/24 10:00:00,{provider},{id},Logon,"{text}"'

    def nothing(self):
        return Text.nothing(self) + ['"情報","2026/11/24 10:00:00","Other","4625","x","x"', 'キーワード,日付と時刻,ソース,イベント ID,タスクのカテゴリ', 'レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ']


class EvntSlog(Text):
    id, format = 'windows-evntslog', 'text'
    select = 'programs: [EvntSLog, evntslog, Security, System, Application]'
    head = '''Windows event log as text of Adiscon's agents (EventReporter, rsyslog Windows Agent, WinSyslog):
"[AUF] TIME: USER/LOG/HOST/SOURCE (ID) - TEXT", older "[AUF] TIME: HOST/LOG (ID) - "TEXT"" and "SOURCE/SOURCEPROC (ID)" (their manual, property
replacer; rsyslog's mmnormalize tests).  AUS is a success, AUF a failure.  Never seen from a real device here.'''
    key = '_text'
    variants = [(False, '  '), (True, ' ')]

    def pattern(self, r):
        kind = {True: 'AUS'}.get(r.get('success'), None) or ('AUF' if r.get('fail') and not r.get('bad') else None)
        sources = r['provider'] if isinstance(r['provider'], list) else [r['provider']]
        out = []
        for id in ['%{_id}'] if len(r['ids']) > 1 else r['ids']:
            for s in sources:
                out.append(f'[{kind or "%{_kind}"}] %{{_time}}: N/A/%{{_log}}/%{{host}}/{s} ({id}) - %{{_text}}')
                out.append(f'[{kind or "%{_kind}"}] %{{_time}}: %{{_user}}/%{{_log}}/%{{host}}/{s} ({id}) - %{{_text}}')
            if r['provider'] == AUDIT:
                out.append(f'[{kind or "%{_kind}"}] %{{_time}}: %{{host}}/Security ({id}) - %{{_text}}')
            else:
                out += [f'[{kind or "%{_kind}"}] %{{_time}}: %{{host}}/{s} ({id}) - %{{_text}}' for s in sources]
        return out

    def when(self, r):
        return [{'_id': r['ids']}] if len(r['ids']) > 1 else []

    def conditions(self, r):
        # In front of the text stands nothing that a guest can choose, so a source further behind is none.
        front = [{'_time|contains': '/'}, {'host|contains': ['/', ' ']}]
        out = super().conditions(r)
        if r.get('bad'):
            out = [m for m in out if '%{reason}' not in m] + [{'%{reason}': ['0x0', '0']}, {'%{reason}|startswith': '0x0 '}]
        return front + out

    def refused(self):
        return {}

    def id_field(self, r):
        return '=' + r['ids'][0] if len(r['ids']) == 1 else '_id'

    def host_field(self):
        return {}

    more = {'program': 'EvntSLog'}

    def line(self, id, provider, text, fail):
        return f'[{"AUF" if fail else "AUS" if provider == AUDIT else "INF"}] Tue Nov 24 10:00:00 2026: N\\A/Security/DC01.hosp.local/{provider} ({id}) - {text}'


class Evtsys(EvntSlog):
    id = 'windows-evtsys'
    select = 'programs: [Security-Auditing, Microsoft-Windows-Security-Auditing, Eventlog, Microsoft-Windows-Eventlog, Service_Control_Manager]'
    head = '''Windows event log as Eventlog to Syslog (evtsys) and forwarders like it send it: the source as the program, then "ID: TEXT" or
"ID: AUDIT_SUCCESS TEXT", one blank for each gap of the text (evtsys's source, log.c).  Only sources whose ids are theirs alone.
Never seen from a real device here.'''
    variants = [(False, ' '), (True, ' ')]
    more = {'program': 'Security-Auditing'}

    def wants(self, r):
        providers = r['provider'] if isinstance(r['provider'], list) else [r['provider']]
        return r['provider'] == AUDIT or providers == EVENTLOG or (SCM in providers and r['ids'] == ['7045'])

    def rule(self, r):
        """One for each id: a pattern that begins with it costs lines of other ids nothing."""
        out = []
        for id in r['ids']:
            want = {**r.get('want', {}), **({r['id_field']: id} if r.get('id_field') else {})}
            out += super().rule({**r, 'ids': [id], 'id': id, 'want': want})
        return out

    def pattern(self, r):
        return [f'{r["ids"][0]}: %{{_text}}']

    def conditions(self, r):
        out = [m for m in super().conditions(r) if '_time|contains' not in m and 'host|contains' not in m]
        if r.get('success'):
            out.append({'_text|startswith': 'AUDIT_FAILURE'})
        if r.get('fail') and not r.get('bad'):
            out.append({'_text|startswith': 'AUDIT_SUCCESS'})
        return out

    def line(self, id, provider, text, fail):
        return f'{id}: {"AUDIT_FAILURE " if fail else ""}{" ".join(text.split())}'

    def nothing(self):
        return [m for m in super().nothing() if not m.startswith('4: ')]


def document(shape):
    out = []
    text = shape.head.replace('\n', ' ')
    words, line = text.split(' '), '#'
    for w in words:
        if len(line) + 1 + len(w) > 128:
            out.append(line)
            line = '#'
        if w:
            line += ' ' + w
    out.append(line)
    out.append('# Provider and event id decide, and the data\'s own names or labels; never a word of the text, which is Japanese on a Japanese Windows.')
    out.append('# Made by scripts/windows.py from its table: change it there.')
    out.append(f'decoder: {shape.id}')
    out += shape.select.split('\n')
    if isinstance(shape, Text):
        out += ['# What ends a value where a relay made one blank of every gap.', 'stops: ' + value(STOPS)]
    if shape.format != 'text':
        out.append(f'format: {shape.format}')
    out.append('events:')
    for r in filter(shape.wants, RULES):
        out += shape.rule(r)
    older = {'windows-snare': 'windows-2003.yaml', 'windows-evntslog': 'windows-2003-text.yaml'}.get(shape.id)
    if older:
        with open(os.path.join(ROOT, 'scripts', older), encoding='utf-8') as f:
            out += f.read().rstrip('\n').split('\n')
    out.append('nothing:')
    for line in shape.nothing():
        more = ', '.join(f'{k}: {quote(v)}' for k, v in shape.more.items())
        out.append(f'  - {{{more}, line: {quote(line)}}}')
    return '\n'.join(out) + '\n'


ROOT = '.'
SHAPES = [Nxlog(), NxlogData(), RsyslogAgent(), Winlogbeat(), Winlogbeat6(), Wazuh(), Xml(), Snare(), Viewer(), EvntSlog(), Evtsys()]


def main(args):
    global ROOT
    check = '--check' in args
    ROOT = [a for a in args if not a.startswith('-')][0]
    wrong = 0
    for shape in SHAPES:
        path = os.path.join(ROOT, 'rules/decoders', shape.id + '.yaml')
        text = document(shape)
        if check:
            with open(path, encoding='utf-8') as f:
                if f.read() != text:
                    print(f'{path}: not what scripts/windows.py says; run it')
                    wrong = 1
        else:
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
    return wrong


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
