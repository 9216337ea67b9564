#!/bin/bash
# A plan of work in the register: while it goes on what concerns its system waits and is shown as waiting, another system and the page
# are as ever, and when the plan is over all that still holds is one message.  Nobody approved: nothing waits.
. "$(dirname "$0")/lib.sh"
need sqlite3
registers_write
echo 'pacs,画像,pacs01,' >>"$T/registers/systems.csv"
receiver_start
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, channels: [{name: ops, type: webhook, url: \"$HOOK\"}]}"
tenken_start
tk() {
	"$TENKEN" --socket "$T/t.sock" "$@"
}
# plan STARTS ENDS APPROVED: minutes from now.
plan() {
	{
		echo 'plan_id,vendor_id,system_id,kind,starts_at,ends_at,approved_by'
		echo "W-7,V1,emr,更新作業,$(date -d "$1 minutes" '+%F %H:%M'),$(date -d "$2 minutes" '+%F %H:%M'),$3"
	} >"$T/registers/.new"
	mv "$T/registers/.new" "$T/registers/work_plans.csv"
}
intrude() {
	printf '<38>%s %s sshd[1]: Accepted password for %s from 10.66.0.11 port 40002 ssh2\n' "$(now_3164)" "$1" "$2" | say_tcp
	until_ok 20 verdict_is account-unregistered "$2" fail || fail "no verdict on $2"
}
told() {
	[ "$(jq -r --arg r "/$1" 'select(any(.body.alerts[]?; .resource | endswith($r))) | .body.id' "$T/hook.jsonl" 2>/dev/null | sort -u | wc -l)" -ge 1 ]
}
silences() {
	[ "$(tk --json silence list | jq '[(.items? // .)[] | select(.status.state == "active")] | length')" = "$1" ]
}

plan -5 60 ''
registered() { [ "$(sqlite3 "$T/state/tenken.db" ".timeout 5000" "SELECT count(*) FROM reg_work_plans WHERE approved_by = '$1'")" = 1 ]; }
until_ok 20 registered '' || fail "the register is not read"
intrude emr01 unapproved
until_ok 20 told unapproved || fail "a plan that nobody approved holds back"

plan -5 60 院長
until_ok 20 registered 院長 || fail "the register is not read"
until_ok 40 silences 1 || fail "no silence for the plan: $(tk silence list)"
tk silence list | grep -q '作業計画 W-7' || fail "whose silence it is is not shown: $(tk silence list)"
intrude emr01 worker
intrude pacs01 stranger
until_ok 20 told stranger || fail "another system is held back"
shown() { tk alert list | grep 'emr/worker' | grep -q '作業計画中: W-7'; }
until_ok 10 shown || fail "what waits is not shown: $(tk alert list)"
told worker && fail "it is told while the work goes on"
# Status, findings and score know nothing of it.
verdict_is account-unregistered worker fail || fail "the finding is hidden"
api findings | jq -e 'any(.items[]; .resource | contains("worker"))' >"$T/out" || fail "the finding is not listed"
curl -fs "$URL/metrics" | grep -q 'tenken_alerts_suppressed_total{reason="work"} 1' || fail "what waits is not counted"

plan -120 -60 院長
until_ok 60 told worker || fail "after the work nothing is told: $(tk silence list)"
jq -e 'select(any(.body.alerts[]?; .resource | endswith("/worker"))) | .body.text.ja | contains("作業計画「W-7」の時間が終わりました")' "$T/hook.jsonl" >"$T/out" || fail "why now is not said"
silences 0 || fail "the silence goes on"
echo "planned work waited, was shown, and was told when it was over"
