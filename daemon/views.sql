-- The views that checks may read, and nothing else: a promise to the checks of sites.  Columns are added, never renamed or
-- given another meaning.  Made anew at every start.
--
-- In all of them: times are microseconds UTC, dates 'YYYY-MM-DD', flags 1 or 0; NULL is "not known" or "not said".  An id
-- (person_id ...) is as somebody wrote it; the *_key beside it is the same without case, and what rows are joined by.
-- A system is a system_id of systems.csv where that file knows the host or domain, else the host itself; system_key is what
-- state tables hold (folded).

-- Registers as files: one row a register that was ever looked for.
-- kind; state: ok, missing, refused; rows; path; updated_at: of the file; loaded_at: when it was last taken whole;
-- refused_at: since when it is refused; error_ja, error_en: why.
CREATE VIEW v_register AS
SELECT kind, state, rows, nullif(path, '') AS path, nullif(updated_at, 0) AS updated_at, nullif(loaded_at, 0) AS loaded_at,
       nullif(refused_at, 0) AS refused_at, nullif(error_ja, '') AS error_ja, nullif(error_en, '') AS error_en
  FROM register;

-- People: one row a person in people.csv.  left_at includes its day: who left on the 31st works on the 31st.
CREATE VIEW v_person AS
SELECT person_id, person_id_key AS person_key, name, nullif(department, '') AS department, nullif(role, '') AS role,
       nullif(qualification, '') AS qualification, nullif(joined_at, '') AS joined_at, nullif(left_at, '') AS left_at,
       nullif(on_leave_until, '') AS on_leave_until
  FROM reg_people;

-- Systems: one row a system in systems.csv.
CREATE VIEW v_system AS
SELECT system_id, system_id_key AS system_key, name, nullif(vendor_id, '') AS vendor_id,
       nullif(vendor_id_key, '') AS vendor_key, nullif(version, '') AS version,
       CASE critical WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS critical,
       nullif(hosts, '') AS hosts, nullif(domains, '') AS domains, CAST(nullif(pw_min_len, '') AS REAL) AS pw_min_len,
       CASE pw_complexity WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS pw_complexity,
       CAST(nullif(pw_rotation_days, '') AS REAL) AS pw_rotation_days,
       CAST(nullif(lockout_threshold, '') AS REAL) AS lockout_threshold, nullif(mfa_status, '') AS mfa_status,
       nullif(mfa_plan_date, '') AS mfa_plan_date, nullif(usb_policy, '') AS usb_policy,
       CASE external_storage WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS external_storage,
       nullif(storage_country, '') AS storage_country,
       CASE storage_law_clause WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS storage_law_clause,
       CASE storage_return_clause WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS storage_return_clause,
       CASE standby WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS standby,
       CASE duplex WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS duplex, nullif(standby_tested_at, '') AS standby_tested_at,
       nullif(log_function, '') AS log_function
  FROM reg_systems;

-- Vendors: one row a vendor in vendors.csv; active is 1 unless the register says no.
CREATE VIEW v_vendor AS
SELECT vendor_id, vendor_id_key AS vendor_key, name, active <> 'no' AS active,
       nullif(security_policy_ref, '') AS security_policy_ref,
       CASE safeguards_admin WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS safeguards_admin,
       CASE safeguards_technical WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS safeguards_technical,
       CASE safeguards_physical WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS safeguards_physical,
       nullif(track_record, '') AS track_record, CAST(nullif(financials_year, '') AS INTEGER) AS financials_year,
       nullif(decision, '') AS decision, nullif(decided_by, '') AS decided_by, nullif(evaluated_at, '') AS evaluated_at,
       CAST(nullif(specialists, '') AS REAL) AS specialists, nullif(specialists_confirmed_at, '') AS specialists_confirmed_at,
       nullif(manager, '') AS manager, nullif(gl2_received_at, '') AS gl2_received_at,
       nullif(left_accounts_confirmed_at, '') AS left_accounts_confirmed_at,
       nullif(remote_confirmed_at, '') AS remote_confirmed_at
  FROM reg_vendors;

-- Contracts: one row a contract in contracts.csv; ends_at includes its day.
CREATE VIEW v_contract AS
SELECT contract_id, vendor_id, vendor_id_key AS vendor_key, nullif(system_id, '') AS system_id,
       nullif(system_id_key, '') AS system_key, nullif(starts_at, '') AS starts_at, nullif(ends_at, '') AS ends_at,
       nullif(update_responsible, '') AS update_responsible, nullif(gl2_confirmed_at, '') AS gl2_confirmed_at,
       nullif(boundary_normal, '') AS boundary_normal, nullif(boundary_emergency, '') AS boundary_emergency,
       nullif(subcontractors, '') AS subcontractors, nullif(subcontract_approved_at, '') AS subcontract_approved_at,
       CASE personal_data_clause WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS personal_data_clause,
       CASE incident_clause WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS incident_clause,
       CAST(nullif(report_hours, '') AS REAL) AS report_hours, nullif(enc_transit, '') AS enc_transit,
       nullif(enc_rest, '') AS enc_rest, CASE redundancy_agreed WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS redundancy_agreed,
       nullif(kakunin1_at, '') AS kakunin1_at, nullif(kakunin2_at, '') AS kakunin2_at,
       nullif(cloud_backup_ref, '') AS cloud_backup_ref
  FROM reg_contracts;

-- Contacts: one row an entry of contacts.csv.  kind as in the register (police, vendor, internal_responsible ...).
CREATE VIEW v_contact AS
SELECT key AS contact_key, kind, organisation, nullif(section, '') AS section, nullif(person, '') AS person,
       nullif(person_id, '') AS person_id, nullif(person_id_key, '') AS person_key, nullif(vendor_id, '') AS vendor_id,
       nullif(vendor_id_key, '') AS vendor_key, nullif(phone, '') AS phone, nullif(phone_alt, '') AS phone_alt,
       nullif(email, '') AS email, nullif(verified_at, '') AS verified_at, nullif(verified_by, '') AS verified_by,
       nullif(verified_how, '') AS verified_how, nullif(expires_at, '') AS expires_at
  FROM reg_contacts;

-- Appointments: one row an appointment of roles.csv, ended ones too; ended_at includes its day.
CREATE VIEW v_role AS
SELECT role, person_id, person_id_key AS person_key, nullif(appointed_at, '') AS appointed_at,
       nullif(ended_at, '') AS ended_at, CASE is_executive WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS is_executive,
       nullif(duties, '') AS duties, nullif(document, '') AS document
  FROM reg_roles;

-- Documents: one row a document of documents.csv.
CREATE VIEW v_document AS
SELECT kind, title, nullif(vendor_id_key, '') AS vendor_key, nullif(system_id_key, '') AS system_key,
       nullif(version, '') AS version, nullif(approved_by, '') AS approved_by, nullif(approved_at, '') AS approved_at,
       nullif(reviewed_at, '') AS reviewed_at, nullif(valid_to, '') AS valid_to, nullif(place, '') AS place,
       CASE start_criteria WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS start_criteria,
       CASE recovery_order WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS recovery_order,
       CASE downtime_forms WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS downtime_forms,
       CASE afterwards_entry WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS afterwards_entry,
       CASE contact_chart WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS contact_chart, nullif(printed_at, '') AS printed_at,
       nullif(medium, '') AS medium
  FROM reg_documents;

-- Registers whose columns are said as core/register_*.def has them need no text here; their views are made of the columns,
-- with row_key and line of the row: v_backup v_backup_result v_restore_test v_disclosure v_certification
-- v_remote_maintenance v_work_plan v_approval v_right v_medium v_endpoint v_software_baseline v_network_allow v_advisory
-- v_log_review v_regulation v_drill v_training v_incident.  Times of day are 'YYYY-MM-DD HH:MM' (instant() gives usec),
-- vendor_id has vendor_key beside it, and so on.

-- List cells, one value a row, folded: kind and column_name of the register, row_key of the row.
CREATE VIEW v_register_value AS
SELECT kind, column_name, value, key AS row_key
  FROM register_value;

-- Days that are not as others: one row a day of calendar.csv; kind: closed, open, maintenance.
CREATE VIEW v_calendar AS
SELECT date, kind, nullif(note, '') AS note
  FROM reg_calendar;

-- Sources: one row for whoever sends us lines.
-- declared: 1 when log_sources.csv has its host; expected_hours: how long it may be silent by that file, else NULL;
-- skew: our clock less its own, at its newest line; unknown: lines of programs that no decoder speaks for.
CREATE VIEW v_source AS
SELECT s.id AS source_key, s.collector, s.peer, s.identity, s.host, s.system AS system_id, s.first_received,
       s.last_received, nullif(s.last_at, 0) AS last_at, s.lines, s.events, s.unknown, s.cut, s.skew,
       l.source_id IS NOT NULL AS declared, l.source_id, CAST(nullif(l.expected_hours, '') AS REAL) AS expected_hours
  FROM source AS s
  LEFT JOIN reg_log_sources AS l
    ON l.key = (SELECT min(v.key) FROM register_value AS v
                 WHERE v.kind = 'log_sources' AND v.column_name = 'host' AND v.value IN (fold(s.host), s.peer));

-- What sources tell of: one row a source and type of event; count: events since first_received.
CREATE VIEW v_source_type AS
SELECT t.source_id AS source_key, s.host, s.system AS system_id, t.type, t.first_received, t.last_received, t.count
  FROM source_type AS t
  JOIN source AS s ON s.id = t.source_id;

-- How much the lines of a source say: one row a source, type of event (record_access, auth_success, auth_failure) and day of
-- the last weeks.  lines: how many had such an event; of these with_user named somebody, with_time had a time of their own,
-- with_object said whose record or what, with_method what was done.
CREATE VIEW v_completeness AS
SELECT f.source_id AS source_key, s.host, s.system AS system_id, f.type, date(f.day * 86400, 'unixepoch') AS day, f.lines,
       f.with_user, f.with_time, f.with_object, f.with_method
  FROM source_fields AS f
  JOIN source AS s ON s.id = f.source_id;

-- Sources that ought to send: one row a source in log_sources.csv, with what it sent, if anything.
-- first_received, last_received NULL: it never sent a line.  declared_at: since when the register has it.
CREATE VIEW v_log_source AS
SELECT l.source_id, l.host, nullif(l.system_id, '') AS system_id, nullif(l.segment, '') AS segment,
       nullif(l.types, '') AS types, CAST(nullif(l.expected_hours, '') AS REAL) AS expected_hours,
       nullif(l.reviewed_at, '') AS reviewed_at, CAST(nullif(l.retention_days, '') AS REAL) AS retention_days,
       CASE l.edge WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS edge, s.first_received, s.last_received, s.lines,
       (SELECT r.since FROM register_row AS r
         WHERE r.kind = 'log_sources' AND r.key = l.key AND r.until IS NULL) AS declared_at
  FROM reg_log_sources AS l
  LEFT JOIN (SELECT v.key, min(f.first_received) AS first_received, max(f.last_received) AS last_received,
                    sum(f.lines) AS lines
               FROM source AS f
               JOIN register_value AS v
                 ON v.kind = 'log_sources' AND v.column_name = 'host' AND v.value IN (fold(f.host), f.peer)
              GROUP BY v.key) AS s
    ON s.key = l.key;

-- Evidence: one row a type of event and system that a source speaks for, because it has produced that type or because
-- log_sources.csv says so, or because it told of that system's accounts.  first_received: since when that type is watched there; last_received: the newest line of any
-- kind from such a source.
CREATE VIEW v_alive AS
SELECT type, fold(system_id) AS system_key, min(first_received) AS first_received, max(last_received) AS last_received
  FROM (SELECT t.type, s.system AS system_id, t.first_received, s.last_received
          FROM source_type AS t JOIN source AS s ON s.id = t.source_id
        UNION ALL
        SELECT t.type, l.system_id, t.first_received, s.last_received
          FROM reg_log_sources AS l
          JOIN register_value AS h ON h.kind = 'log_sources' AND h.column_name = 'host' AND h.key = l.key
          JOIN source AS s ON h.value IN (fold(s.host), s.peer)
          JOIN source_type AS t ON t.source_id = s.id
         WHERE l.system_id <> ''
        UNION ALL
        SELECT v.value, ifnull(nullif(l.system_id, ''), s.system), s.first_received, s.last_received
          FROM reg_log_sources AS l
          JOIN register_value AS h ON h.kind = 'log_sources' AND h.column_name = 'host' AND h.key = l.key
          JOIN source AS s ON h.value IN (fold(s.host), s.peer)
          JOIN register_value AS v ON v.kind = 'log_sources' AND v.column_name = 'types' AND v.key = l.key
        UNION ALL
        -- Who tells of accounts of that system speaks for it: a domain controller that no file mentions.
        SELECT t.type, y.system_id_key, t.first_received, s.last_received
          FROM reg_systems AS y
          JOIN source_place AS p ON p.system = y.system_id_key
          JOIN source AS s ON s.id = p.source_id AND p.last_at > s.last_received - 2678400000000
          JOIN source_type AS t ON t.source_id = s.id)
 GROUP BY type, fold(system_id);

-- Accounts by use: one row an account that was seen in the logs, at the place where it was seen (a host or a domain).
-- uses 0: it was created and not used.  registered: 1 when accounts.csv has it for that system; stored: 1 when an account
-- store (passwd ...) has it there; login: 0 when that says that nobody can log in with it.
CREATE VIEW v_account_seen AS
SELECT s.system AS system_id, s.system AS system_key, s.place, s.user AS account, s.user AS account_key,
       nullif(s.first_used, 0) AS first_used, nullif(s.last_used, 0) AS last_used, s.uses,
       nullif(s.last_src_ip, '') AS last_src_ip, nullif(s.last_host, '') AS last_host,
       nullif(s.first_event, 0) AS first_event, nullif(s.last_event, 0) AS last_event,
       EXISTS (SELECT 1 FROM reg_accounts AS r WHERE r.key = s.system || char(31) || s.user) AS registered,
       EXISTS (SELECT 1 FROM account_stored AS t WHERE t.system = s.system AND t.user = s.user) AS stored,
       (SELECT max(t.login) FROM account_stored AS t WHERE t.system = s.system AND t.user = s.user) AS login
  FROM account_seen AS s;

-- Accounts: one row a (system, account) that accounts.csv has or that an account store (passwd ...) holds for a login.
-- registered, stored: where it is from.  admin: by the store, else by the register; admin_said: what the register says, NULL
-- where it says nothing.  kind: human, shared, service, vendor, break_glass, test.
-- enabled: 0 when the store says it is locked, or, where no store is read, when the register has disabled_at or deleted_at;
-- disabled_at may lie ahead.  Where no store is read, an account that the logs say was disabled or deleted
-- (told_disabled_at, told_disabled_event) is not enabled either, unless they say later that it was enabled, made or used.
-- first_used, last_used, uses, first_event, last_event: by the logs of that system;
-- last_login: by the account store's own record.  person_left_at, on_leave_until: of the person who holds it.
-- Every column from the logs is a search of its own, made only when a check asks for it.
CREATE VIEW v_account AS
SELECT ifnull(r.system_id, a.system_key) AS system_id, a.system_key, ifnull(r.account_id, t.name) AS account, a.account_key,
       ifnull(p.person_id, nullif(r.person_id, '')) AS person_id,
       nullif(r.person_id_key, '') AS person_key, p.name AS person_name, nullif(p.left_at, '') AS person_left_at,
       nullif(p.on_leave_until, '') AS on_leave_until, ifnull(nullif(r.kind, ''), 'human') AS kind,
       ifnull(t.admin, r.admin = 'yes') AS admin, a.id IS NOT NULL AS registered, t.user IS NOT NULL AS stored,
       ifnull(t.enabled, r.disabled_at = '' AND r.deleted_at = '' AND
              CASE WHEN w.off_at IS NULL THEN 1
                   ELSE EXISTS (SELECT 1 FROM last_word AS o
                                 WHERE o.type IN ('account_enable', 'account_create') AND o.host = w.host
                                   AND o.subject = w.subject AND o.last_at > w.off_at) OR
                        EXISTS (SELECT 1 FROM account_seen AS s
                                 WHERE s.system = a.system_key AND s.user = a.account_key AND s.last_used > w.off_at)
              END) AS enabled, w.off_at AS told_disabled_at, w.off_event AS told_disabled_event, t.password,
       nullif(r.issued_at, '') AS issued_at, nullif(r.valid_to, '') AS valid_to, nullif(r.disabled_at, '') AS disabled_at,
       nullif(r.deleted_at, '') AS deleted_at, nullif(r.unused_ok_until, '') AS unused_ok_until,
       nullif(r.last_review, '') AS last_review, nullif(r.pw_changed, '') AS pw_changed, nullif(r.vendor_id_key, '') AS vendor_key,
       CASE r.mfa WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS mfa, nullif(r.approved_by, '') AS approved_by,
       nullif(r.department, '') AS department, nullif(r.qualification, '') AS qualification,
       r.admin = 'yes' AS register_admin, CASE r.admin WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS admin_said, t.admin AS stored_admin, nullif(t.last_login, 0) AS last_login, t.first_seen AS stored_since,
       (SELECT nullif(min(s.first_used), 0) FROM account_seen AS s
         WHERE s.system = a.system_key AND s.user = a.account_key AND s.uses > 0) AS first_used,
       (SELECT nullif(max(s.last_used), 0) FROM account_seen AS s
         WHERE s.system = a.system_key AND s.user = a.account_key) AS last_used,
       (SELECT ifnull(sum(s.uses), 0) FROM account_seen AS s
         WHERE s.system = a.system_key AND s.user = a.account_key) AS uses,
       (SELECT nullif(min(s.first_event), 0) FROM account_seen AS s
         WHERE s.system = a.system_key AND s.user = a.account_key) AS first_event,
       (SELECT nullif(max(s.last_event), 0) FROM account_seen AS s
         WHERE s.system = a.system_key AND s.user = a.account_key) AS last_event
  FROM (SELECT id, system_id_key AS system_key, account_id_key AS account_key FROM reg_accounts
        UNION ALL
        SELECT NULL, o.system, o.user
          FROM account_stored AS o
         WHERE o.login = 1
           AND NOT EXISTS (SELECT 1 FROM reg_accounts AS r WHERE r.key = o.system || char(31) || o.user)
         GROUP BY o.system, o.user) AS a
  LEFT JOIN reg_accounts AS r ON r.id = a.id
  LEFT JOIN reg_people AS p ON p.person_id_key = r.person_id_key AND r.person_id_key <> ''
  -- The same account on several machines of a system is one: enabled where any of them lets it in.
  LEFT JOIN (SELECT system, user, max(name) AS name, max(enabled) AS enabled, max(admin) AS admin, max(password) AS password,
                    max(last_login) AS last_login, min(first_seen) AS first_seen
               FROM account_stored
              GROUP BY system, user) AS t
    ON t.system = a.system_key AND t.user = a.account_key
  LEFT JOIN (SELECT system, host, subject, max(last_at) AS off_at, last_event AS off_event
               FROM last_word
              WHERE type IN ('account_disable', 'account_delete')
              GROUP BY system, subject) AS w
    ON w.system = a.system_key AND w.subject = a.account_key;

-- accounts.csv as it is written, one row a line: for questions that the register alone can answer.  admin NULL: not said.
CREATE VIEW v_account_register AS
SELECT system_id, system_id_key AS system_key, account_id AS account, account_id_key AS account_key,
       nullif(person_id, '') AS person_id, nullif(person_id_key, '') AS person_key, ifnull(nullif(kind, ''), 'human') AS kind,
       CASE admin WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS admin, nullif(department, '') AS department,
       nullif(qualification, '') AS qualification, nullif(vendor_id, '') AS vendor_id, nullif(vendor_id_key, '') AS vendor_key,
       nullif(issued_at, '') AS issued_at, nullif(valid_to, '') AS valid_to, nullif(last_review, '') AS last_review,
       nullif(disabled_at, '') AS disabled_at, nullif(deleted_at, '') AS deleted_at,
       CASE mfa WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS mfa
  FROM reg_accounts;

-- Account stores (passwd ...) as they were read last: one row a (system, account), enabled, admin and login 1 where any machine of
-- the system says so.
CREATE VIEW v_account_stored AS
SELECT system AS system_key, user AS account_key, max(name) AS account, max(enabled) AS enabled, max(admin) AS admin, max(login) AS login
  FROM account_stored
 GROUP BY system, user;

-- Systems with accounts: one row a system that has any in v_account; accounts: how many, disabled ones too.
CREATE VIEW v_account_system AS
SELECT ifnull((SELECT y.system_id FROM reg_systems AS y WHERE y.system_id_key = a.system_key), a.system_key) AS system_id,
       a.system_key, sum(a.accounts) AS accounts
  FROM (SELECT system_id_key AS system_key, count(*) AS accounts FROM reg_accounts GROUP BY system_id_key
        UNION ALL
        SELECT o.system, count(DISTINCT o.user) FROM account_stored AS o
         WHERE o.login = 1
           AND NOT EXISTS (SELECT 1 FROM reg_accounts AS r WHERE r.key = o.system || char(31) || o.user)
         GROUP BY o.system) AS a
 GROUP BY a.system_key;

-- Devices by sight: one row a MAC address.  randomised: 1 for an address that software chose (phones that hide theirs).
-- device_key: the registered device it belongs to, by MAC, else by address or host name where the register has no MAC for it.
CREATE VIEW v_device_seen AS
SELECT s.mac, nullif(s.ip, '') AS ip, nullif(s.host, '') AS host, s.randomised, nullif(s.segment, '') AS segment,
       s.first_seen, s.last_seen, s.sightings, nullif(s.first_event, 0) AS first_event, nullif(s.last_event, 0) AS last_event,
       -- CAST: an expression has no affinity, and what has none cannot be joined by an index.
       CAST(coalesce((SELECT v.key FROM register_value AS v
                       WHERE v.kind = 'devices' AND v.column_name = 'mac' AND v.value = s.mac),
                     (SELECT v.key FROM register_value AS v JOIN reg_devices AS d ON d.key = v.key
                       WHERE v.kind = 'devices' AND v.column_name = 'ip' AND v.value = s.ip AND s.ip <> '' AND d.mac = ''),
                     (SELECT v.key FROM register_value AS v JOIN reg_devices AS d ON d.key = v.key
                       WHERE v.kind = 'devices' AND v.column_name = 'hostname' AND v.value = fold(s.host)
                         AND s.host <> '' AND d.mac = '')) AS TEXT) AS device_key
  FROM device_seen AS s;

-- devices.csv as it is written, one row a line: for questions that the register alone can answer.
-- networked: 0 when the register says it is on no network; disposed includes its day; edge: 1 for a device at the border of
-- the network (firewall, VPN) by this register or, where that says nothing, by log_sources.csv.
CREATE VIEW v_device_register AS
SELECT d.device_id, d.key AS device_key, nullif(d.class, '') AS class, nullif(d.name, '') AS name,
       nullif(d.location, '') AS location, nullif(d.user, '') AS user, nullif(d.vendor_id_key, '') AS vendor_key,
       nullif(d.mac, '') AS mac, nullif(d.ip, '') AS ip, nullif(d.hostname, '') AS hostname,
       nullif(d.maker, '') AS maker, nullif(d.model, '') AS model, nullif(d.product, '') AS product, nullif(d.os, '') AS os,
       nullif(d.department, '') AS department, nullif(d.manager, '') AS manager, nullif(d.usb_policy, '') AS usb_policy,
       CASE d.antimalware WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS antimalware,
       nullif(d.management_ip, '') AS management_ip, nullif(d.update_responsible, '') AS update_responsible,
       nullif(d.os_version, '') AS os_version, nullif(d.firmware, '') AS firmware,
       CASE d.remote_maintenance WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS remote_maintenance,
       nullif(d.usable, '') AS usable, nullif(d.last_inventory, '') AS last_inventory, nullif(d.acquired, '') AS acquired,
       nullif(d.eos_date, '') AS eos_date, nullif(d.disposed, '') AS disposed, d.networked <> 'no' AS networked,
       CAST(nullif(d.unseen_ok_days, '') AS INTEGER) AS unseen_ok_days,
       CASE d.edge WHEN 'yes' THEN 1 WHEN 'no' THEN 0
            ELSE nullif(EXISTS (SELECT 1 FROM register_value AS v
                                  JOIN register_value AS h
                                    ON h.kind = 'log_sources' AND h.column_name = 'host' AND h.value = v.value
                                  JOIN reg_log_sources AS l ON l.key = h.key AND l.edge = 'yes'
                                 WHERE v.kind = 'devices' AND v.column_name IN ('hostname', 'ip') AND v.key = d.key), 0)
            END AS edge
  FROM reg_devices AS d;

-- Devices: the same, with when any of its addresses was last seen on the network.
CREATE VIEW v_device AS
SELECT d.*, coalesce(s.first_seen, o.first_seen) AS first_seen,
       coalesce(s.last_seen, o.last_seen) AS last_seen, nullif(coalesce(s.segment, o.segment), '') AS segment,
       nullif(coalesce(s.first_event, o.first_event), 0) AS first_event,
       nullif(coalesce(s.last_event, o.last_event), 0) AS last_event
  FROM v_device_register AS d
  -- One MAC, as nearly all have, is one search by its index; the others (several, or none: by address or name) are few.
  LEFT JOIN device_seen AS s ON s.mac = d.mac
  LEFT JOIN (
	SELECT device_key, min(first_seen) AS first_seen, max(last_seen) AS last_seen, max(segment) AS segment,
	       min(first_event) AS first_event, max(last_event) AS last_event
	  FROM (SELECT d.key AS device_key, s.*
	          FROM reg_devices AS d
	         CROSS JOIN register_value AS v ON v.kind = 'devices' AND v.column_name = 'mac' AND v.key = d.key
	         CROSS JOIN device_seen AS s ON s.mac = v.value
	         WHERE instr(d.mac, ' ') > 0
	        UNION ALL
	        SELECT l.device_key, s.*
	          FROM device_seen AS s
	         CROSS JOIN (SELECT DISTINCT v.value, d.key AS device_key
	                       FROM reg_devices AS d
	                      CROSS JOIN register_value AS v
	                         ON v.kind = 'devices' AND v.column_name = 'ip' AND v.key = d.key
	                      WHERE d.mac = '') AS l
	            ON l.value = s.ip
	         WHERE NOT EXISTS (SELECT 1 FROM register_value AS o
	                            WHERE o.kind = 'devices' AND o.column_name = 'mac' AND o.value = s.mac)
	        UNION ALL
	        SELECT l.device_key, s.*
	          FROM device_seen AS s
	         CROSS JOIN (SELECT DISTINCT v.value, d.key AS device_key
	                       FROM reg_devices AS d
	                      CROSS JOIN register_value AS v
	                         ON v.kind = 'devices' AND v.column_name = 'hostname' AND v.key = d.key
	                      WHERE d.mac = '') AS l
	            ON l.value = fold(s.host)
	         WHERE NOT EXISTS (SELECT 1 FROM register_value AS o
	                            WHERE o.kind = 'devices' AND o.column_name = 'mac' AND o.value = s.mac))
	 GROUP BY device_key) AS o
    ON o.device_key = d.device_key;

-- Classes of devices: one row a class that devices.csv has ('-' where none is given); devices: how many are in use.
CREATE VIEW v_device_class AS
SELECT ifnull(nullif(class, ''), '-') AS class, count(*) AS devices
  FROM reg_devices
 WHERE disposed = '' AND networked <> 'no'
 GROUP BY ifnull(nullif(class, ''), '-');

-- Segments: one row a part of the network in which devices are seen; since when, and when last.
CREATE VIEW v_segment AS
SELECT nullif(segment, '') AS segment, min(first_seen) AS first_seen, max(last_seen) AS last_seen, count(*) AS devices
  FROM device_seen
 GROUP BY segment;

-- Events: one row an event; count: how many equal ones within a second it stands for.  Raw lines are not here.
CREATE VIEW v_event AS
SELECT id AS event_id, received, at, type, source_id AS source_key, system AS system_id, count, user, domain, target_user,
       "group", src_ip, ip, mac, host, device, method, object, reason, program, outcome, patient
  FROM event;

-- Events of the types that are rare enough to keep an index of: all but logins, sightings and records that were opened.  The
-- same columns as v_event.  A check asks for a type and a span of received (both, for the index).
CREATE VIEW v_rare_event AS
SELECT id AS event_id, received, at, type, source_id AS source_key, system AS system_id, count, user, domain, target_user,
       "group", src_ip, ip, mac, host, device, method, object, reason, program, outcome, decoder
  FROM event
 WHERE type NOT IN ('auth_success', 'auth_failure', 'device_seen', 'record_access');

-- The last word: one row a type of event, host and subject, for what is asked as "when was the last one".  type:
-- patch_installed, patch_failed, protection_updated, protection_stopped, version_seen (host: the machine's name without its
-- domain), backup_finished, backup_failed (subject: the job), account_create, account_enable, account_disable, account_delete
-- (subject: the account; host: its domain or host).  host and subject are folded; last_at by the sender's clock,
-- last_received by ours; reason and outcome: of the newest.
CREATE VIEW v_last_word AS
SELECT type, host, nullif(subject, '') AS subject, system AS system_id, first_at, last_at, last_received, count,
       nullif(last_reason, '') AS reason, nullif(last_outcome, '') AS outcome, nullif(first_event, 0) AS first_event,
       nullif(last_event, 0) AS last_event
  FROM last_word;

-- The same for devices of the register: one row a device and what was said under one of its host names or addresses.
CREATE VIEW v_device_last_word AS
SELECT v.key AS device_key, t.type, t.host, t.first_at, t.last_at, t.last_received, t.count,
       nullif(t.last_reason, '') AS reason, nullif(t.last_outcome, '') AS outcome, nullif(t.first_event, 0) AS first_event,
       nullif(t.last_event, 0) AS last_event
  FROM register_value AS v
  JOIN last_word AS t
    ON t.host = CASE v.column_name WHEN 'ip' THEN v.value ELSE substr(v.value, 1, instr(v.value || '.', '.') - 1) END
   AND t.type IN ('patch_installed', 'patch_failed', 'protection_updated', 'protection_stopped', 'version_seen')
   AND t.subject = ''
 WHERE v.kind = 'devices' AND v.column_name IN ('hostname', 'ip');

-- What is known of the health of devices: one row a device, from what its own lines say (v_device_last_word) and from what
-- endpoints.csv, the export of a console, says of its host or device_id.  patched_at, failed_at, pattern_at, version_at: usec,
-- by lines, with patched_event and pattern_event; failures: updates that failed; version: what it says it runs; patched_on,
-- pattern_on, failed_updates, protection (running, stopped, missing), reported_at (usec): by the export.
CREATE VIEW v_device_health AS
SELECT d.device_id, d.key AS device_key, nullif(d.class, '') AS class, ifnull(nullif(d.name, ''), d.device_id) AS name,
       nullif(d.usable, '') AS usable, nullif(d.disposed, '') AS disposed,
       CASE d.antimalware WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS antimalware, ifnull(p.last_at, w.patched_at) AS patched_at,
       ifnull(p.last_event, w.patched_event) AS patched_event, ifnull(f.last_at, w.failed_at) AS failed_at, ifnull(f.count, w.failures) AS failures,
       ifnull(u.last_at, w.pattern_at) AS pattern_at, ifnull(u.last_event, w.pattern_event) AS pattern_event,
       ifnull(nullif(v.last_reason, ''), w.version) AS version, ifnull(v.last_at, w.version_at) AS version_at,
       nullif(ifnull(e.patched_at, o.patched_at), '') AS patched_on, nullif(ifnull(e.pattern_at, o.pattern_at), '') AS pattern_on,
       CAST(nullif(ifnull(e.failed_updates, o.failed_updates), '') AS INTEGER) AS failed_updates,
       nullif(ifnull(e.antimalware, o.antimalware), '') AS protection, instant(ifnull(e.reported_at, o.reported_at)) AS reported_at
  FROM reg_devices AS d
  -- One host name without a domain, as nearly all have: a search each, and none for columns that nobody asks for.
  LEFT JOIN last_word AS p ON p.type = 'patch_installed' AND p.host = fold(d.hostname) AND p.subject = ''
  LEFT JOIN last_word AS f ON f.type = 'patch_failed' AND f.host = fold(d.hostname) AND f.subject = ''
  LEFT JOIN last_word AS u ON u.type = 'protection_updated' AND u.host = fold(d.hostname) AND u.subject = ''
  LEFT JOIN last_word AS v ON v.type = 'version_seen' AND v.host = fold(d.hostname) AND v.subject = ''
  LEFT JOIN reg_endpoints AS e ON e.key = fold(d.hostname)
  -- Several names, names with a domain, senders known by their address.
  LEFT JOIN (SELECT device_key, max(CASE type WHEN 'patch_installed' THEN last_at END) AS patched_at,
                    max(CASE type WHEN 'patch_installed' THEN last_event END) AS patched_event,
                    max(CASE type WHEN 'patch_failed' THEN last_at END) AS failed_at,
                    sum(CASE type WHEN 'patch_failed' THEN count END) AS failures,
                    max(CASE type WHEN 'protection_updated' THEN last_at END) AS pattern_at,
                    max(CASE type WHEN 'protection_updated' THEN last_event END) AS pattern_event,
                    max(CASE type WHEN 'version_seen' THEN last_at END) AS version_at,
                    max(CASE type WHEN 'version_seen' THEN nullif(last_reason, '') END) AS version
               FROM (SELECT n.key AS device_key, t.type, t.last_at, t.count, t.last_reason, t.last_event
                       FROM reg_devices AS m
                      CROSS JOIN register_value AS n ON n.kind = 'devices' AND n.column_name = 'hostname' AND n.key = m.key
                      CROSS JOIN last_word AS t
                         ON t.type IN ('patch_installed', 'patch_failed', 'protection_updated', 'version_seen') AND t.subject = ''
                        AND t.host = substr(n.value, 1, instr(n.value || '.', '.') - 1)
                      WHERE instr(m.hostname, ' ') > 0 OR instr(m.hostname, '.') > 0
                     UNION ALL
                     SELECT n.key, t.type, t.last_at, t.count, t.last_reason, t.last_event
                       FROM last_word AS t
                      CROSS JOIN register_value AS n ON n.kind = 'devices' AND n.column_name = 'ip' AND n.value = t.host
                      WHERE t.type IN ('patch_installed', 'patch_failed', 'protection_updated', 'version_seen') AND t.subject = ''
                        AND t.host GLOB '[0-9]*.*')
              GROUP BY device_key) AS w
    ON w.device_key = d.key
  -- Lines of the export that name the device by its id, or its host with the domain.
  LEFT JOIN (SELECT CAST(coalesce(nullif(x.device_id_key, ''),
                                  (SELECT n.key FROM register_value AS n
                                    WHERE n.kind = 'devices' AND n.column_name = 'hostname'
                                      AND n.value IN (x.host_key, substr(x.host_key, 1, instr(x.host_key || '.', '.') - 1)) LIMIT 1)) AS TEXT) AS device_key,
                    x.patched_at, x.pattern_at, x.failed_updates, x.antimalware, max(x.reported_at) AS reported_at
               FROM reg_endpoints AS x
              WHERE x.device_id_key <> '' OR instr(x.host_key, '.') > 0
              GROUP BY 1) AS o
    ON o.device_key = d.key;

-- Logins: one row an accepted or refused login.
CREATE VIEW v_login AS
SELECT id AS event_id, received, at, type = 'auth_success' AS ok, system AS system_id, count, user, domain, src_ip, host, method
  FROM event
 WHERE type IN ('auth_success', 'auth_failure');

-- Logins by where they came from: one row an account, source address and method (src_ip NULL: at the machine itself).
-- Kept for 400 days after the last use, so a check needs no event to ask "from where, since when, how often".
-- first_used, last_used: by the sender's clock; spells: uses at least five minutes apart (last_used is the start of the last
-- one); days: on how many days of the site; last_night: the last spell between 22:00 and 5:00 (the hours of night work);
-- first_event, last_event, night_event: their events.  others: 1 for the row that takes what is beyond 512 of an account.
-- Ask by (system_key, account_key) or by place, with the few accounts in question before it: there are many rows.
CREATE VIEW v_login_source AS
SELECT a.system AS system_id, a.system AS system_key, a.place, a.user AS account, a.user AS account_key,
       nullif(o.value, '') AS src_ip, nullif(o.method, '') AS method, o.first_used, o.last_used, o.spells, o.days,
       nullif(o.last_night, 0) AS last_night, nullif(o.first_event, 0) AS first_event, nullif(o.last_event, 0) AS last_event,
       nullif(o.night_event, 0) AS night_event, o.value = '@others' AS others
  FROM account_seen AS a
 CROSS JOIN account_origin AS o ON o.account = a.id
 WHERE o.what = 'source';

-- Logins by where they led: one row an account of a domain (or one that several machines share) and machine that let it in.
-- Only where that machine is not itself the place of the account.  Columns as in v_login_source.
CREATE VIEW v_login_host AS
SELECT a.system AS system_id, a.system AS system_key, a.place, a.user AS account, a.user AS account_key, o.value AS host,
       o.first_used, o.last_used, o.spells, o.days, nullif(o.last_night, 0) AS last_night,
       nullif(o.first_event, 0) AS first_event, nullif(o.last_event, 0) AS last_event,
       nullif(o.night_event, 0) AS night_event, o.value = '@others' AS others
  FROM account_seen AS a
 CROSS JOIN account_origin AS o ON o.account = a.id
 WHERE o.what = 'host';

-- Bursts of refused logins: one row five minutes and source address (kind source) or account (kind account) with at least
-- five of them, of the last 31 days.  at: when the five minutes began, by our clock; count: refusals; accounts: how many
-- different ones in those ten minutes, at most 32; success_at: a login that went well within the hour after the most of them
-- (success_after: how many), success_account and success_system: whose.  account is said only where it is known (an account
-- that was used, is registered or stored): people type passwords into that field.  others: 1 for what is beyond 1,024
-- addresses or accounts an hour.  Ask for a span of at.
CREATE VIEW v_login_burst AS
SELECT r.at, r.kind, CASE r.kind WHEN 'source' THEN r.name END AS src_ip, r.system_key,
       CASE WHEN r.kind = 'account' AND
                 (EXISTS (SELECT 1 FROM account_seen AS a WHERE a.place = r.place AND a.user = r.name) OR
                  EXISTS (SELECT 1 FROM reg_accounts AS g WHERE g.key = r.system_key || char(31) || r.name) OR
                  EXISTS (SELECT 1 FROM account_stored AS t WHERE t.system = r.system_key AND t.user = r.name))
            THEN r.name END AS account,
       r.count, r.names AS accounts, r.first_received, r.last_received, nullif(r.first_event, 0) AS first_event,
       nullif(r.last_event, 0) AS last_event, nullif(r.success, 0) AS success_at, r.success_after,
       (SELECT a.user FROM account_seen AS a WHERE a.id = r.success_account) AS success_account,
       (SELECT a.system FROM account_seen AS a WHERE a.id = r.success_account) AS success_system,
       nullif(r.success_event, 0) AS success_event, r.name = '@others' AS others
  FROM (SELECT f.*,
               CASE f.kind
               WHEN 'account' THEN coalesce((SELECT a.system FROM account_seen AS a WHERE a.place = f.place LIMIT 1),
                                            (SELECT v.key FROM register_value AS v
                                              WHERE v.kind = 'systems' AND v.column_name IN ('hosts', 'domains')
                                                AND v.value = f.place), f.place) END AS system_key
          FROM login_refused AS f
         WHERE f.count >= 5) AS r;

-- Records that were opened: one row an hour (at: its start) and user, of the last 31 days.  count: lines; patients: how many
-- different ones, or different objects where the lines name no patient (0: neither).  Ask for a span of at.
CREATE VIEW v_record_hour AS
SELECT h.at,
       ifnull((SELECT a.system FROM account_seen AS a WHERE a.place = h.place LIMIT 1),
              ifnull((SELECT v.key FROM register_value AS v
                       WHERE v.kind = 'systems' AND v.column_name IN ('hosts', 'domains') AND v.value = h.place), h.place))
           AS system_key,
       h.place, h.user AS account, h.user AS account_key, h.count, h.patients, nullif(h.first_event, 0) AS first_event,
       nullif(h.last_event, 0) AS last_event, h.user = '@others' AS others
  FROM record_hour AS h;

-- The hours of v_record_hour with at least a hundred patients: few, and found at once.
CREATE VIEW v_record_peak AS
SELECT h.at,
       ifnull((SELECT a.system FROM account_seen AS a WHERE a.place = h.place LIMIT 1),
              ifnull((SELECT v.key FROM register_value AS v
                       WHERE v.kind = 'systems' AND v.column_name IN ('hosts', 'domains') AND v.value = h.place), h.place))
           AS system_key,
       h.place, h.user AS account, h.user AS account_key, h.count, h.patients, nullif(h.first_event, 0) AS first_event,
       nullif(h.last_event, 0) AS last_event, h.user = '@others' AS others
  FROM record_hour AS h
 WHERE h.patients >= 100;

-- Lines and events by the hour: one row a source and hour (at: its start) of the newest 400 days.
CREATE VIEW v_source_hour AS
SELECT h.source_id AS source_key, h.hour * 3600000000 AS at, h.hour, h.lines, h.events
  FROM source_hour AS h;

-- What Tenken knows of itself: one row a name and day.  Counted over the day: lines (received), cut (longer than the limit), folded
-- (of senders beyond the bound of sources).  As they were last, at: disk_free (thousandths of the disk of the database), store_mode
-- (rights of its file).
CREATE VIEW v_own_fact AS
SELECT name, date(day * 86400, 'unixepoch') AS day, value, at
  FROM own_fact;

-- For checks of stage 2: what the other checks and the institution say.
-- Verdicts as they stand: one row a check and resource.
CREATE VIEW v_verdict AS
SELECT check_id, resource, status, reason_ja, reason_en, since, first_seen
  FROM verdict;

-- Which checks measure what a row of the vendors' form says: those that the row of the same number has in the institution's form,
-- and for updates (2-6) also those about the end of support.
CREATE VIEW v_vendor_row AS
SELECT column1 AS item, column2 AS check_id
  FROM (VALUES
	('2-2', 'remote-answer-missing'), ('2-2', 'remote-reply-old'), ('2-2', 'remote-unregistered'), ('2-2', 'remote-unplanned'),
	('2-2', 'work-report-late'), ('2-2', 'vendor-account-shared'), ('2-2', 'remote-always-on'), ('2-2', 'remote-tool'),
	('2-2', 'vendor-account-review'), ('2-3', 'disclosure-missing'), ('2-3', 'disclosure-form-old'),
	('2-3', 'disclosure-stale'), ('2-3', 'disclosure-unreviewed'), ('2-4', 'rights-matrix'), ('2-4', 'admin-unnamed'),
	('2-4', 'admin-change-unapproved'), ('2-4', 'admin-many'), ('2-4', 'admin-everyday'), ('2-4', 'break-glass-unreviewed'),
	('2-4', 'account-without-job'), ('2-4', 'admin-new-used'), ('2-4', 'record-mass'), ('2-4', 'login-night'),
	('2-5', 'account-unused'), ('2-5', 'account-leaver'), ('2-5', 'account-leaver-used'), ('2-5', 'account-unregistered'),
	('2-5', 'account-expired'), ('2-5', 'account-export-differs'), ('2-5', 'account-shared'), ('2-5', 'account-stocktaking'),
	('2-5', 'account-reenabled'), ('2-6', 'firmware-vulnerable'), ('2-6', 'update-old'), ('2-6', 'protection-coverage'),
	('2-6', 'pattern-old'), ('2-6', 'protection-stopped'), ('2-6', 'malware-open'), ('2-6', 'advisory-watch'),
	('2-6', 'patch-responsible'), ('2-6', 'protection-down'), ('2-6', 'eos-passed'), ('2-6', 'eos-edge'),
	('2-7', 'password-policy'), ('2-7', 'password-policy-changed'), ('2-7', 'password-rotation'), ('2-7', 'password-lockout'),
	('2-7', 'default-password'), ('2-7', 'login-guessing'), ('2-7', 'login-guessed'), ('2-8', 'password-reuse'),
	('2-8', 'admin-spread'), ('2-9', 'usb-policy'), ('2-9', 'usb-unlisted'), ('2-9', 'media-count'), ('2-9', 'port-violation'),
	('2-10', 'mfa-status'), ('2-10', 'mfa-vpn'), ('2-10', 'mfa-exception'), ('2-11', 'log-server-missing'),
	('2-11', 'source-silent'), ('2-11', 'log-tamper'), ('2-11', 'log-gap'), ('2-11', 'log-content'), ('2-11', 'log-review'),
	('2-11', 'log-cleared-admin'), ('2-11', 'sources-silent-together'), ('2-11', 'log-unread'), ('2-11', 'clock-offset'),
	('2-11', 'log-retention'), ('2-11', 'log-store'), ('2-11', 'log-cut'), ('2-12', 'service-unlisted'),
	('2-12', 'service-intruder'), ('2-12', 'baseline-review'), ('2-13', 'source-not-allowed'), ('2-13', 'allow-list-missing'),
	('2-13', 'admin-from-outside'), ('2-13', 'filter-changed'), ('2-13', 'allow-list-review'), ('2-13', 'lateral-movement')
);

-- Failures that count against a vendor, one row each and for each row of the vendors' form that they speak for.  A failure of a
-- device (named DEVICE or HOST, or DEVICE/...) is that of the vendor in devices.csv, whichever system it belongs to: then system_key is
-- NULL.  One of a system (SYSTEM or SYSTEM/ACCOUNT) is that of the vendor in systems.csv and of every vendor with a contract for it.
CREATE VIEW v_vendor_fault AS
SELECT d.vendor_id_key AS vendor_key, NULL AS system_key, s.item, v.check_id, v.resource, v.reason_ja, v.reason_en
  FROM verdict AS v
  JOIN v_vendor_row AS s ON s.check_id = v.check_id
  JOIN reg_devices AS d ON d.key = fold(substr(v.resource, 1, instr(v.resource || '/', '/') - 1))
 WHERE v.status = 'fail' AND d.vendor_id_key <> ''
UNION
SELECT d.vendor_id_key, NULL, s.item, v.check_id, v.resource, v.reason_ja, v.reason_en
  FROM verdict AS v
  JOIN v_vendor_row AS s ON s.check_id = v.check_id
  JOIN register_value AS r ON r.kind = 'devices' AND r.column_name = 'hostname' AND r.value = fold(substr(v.resource, 1, instr(v.resource || '/', '/') - 1))
  JOIN reg_devices AS d ON d.key = r.key
 WHERE v.status = 'fail' AND d.vendor_id_key <> ''
UNION
SELECT c.vendor_id_key, c.system_id_key, s.item, v.check_id, v.resource, v.reason_ja, v.reason_en
  FROM verdict AS v
  JOIN v_vendor_row AS s ON s.check_id = v.check_id
  JOIN reg_contracts AS c ON c.system_id_key = fold(substr(v.resource, 1, instr(v.resource || '/', '/') - 1))
 WHERE v.status = 'fail'
UNION
SELECT y.vendor_id_key, y.system_id_key, s.item, v.check_id, v.resource, v.reason_ja, v.reason_en
  FROM verdict AS v
  JOIN v_vendor_row AS s ON s.check_id = v.check_id
  JOIN reg_systems AS y ON y.system_id_key = fold(substr(v.resource, 1, instr(v.resource || '/', '/') - 1))
 WHERE v.status = 'fail' AND y.vendor_id_key <> '';

-- Items as they stand: the newest status of each, and the newest answer of the institution.
CREATE VIEW v_item AS
SELECT h.pack, h.item, h.status, h.at AS since, h.earned, h.covered,
       (SELECT a.answer
          FROM answer AS a
         WHERE a.pack = h.pack AND a.item = h.item AND a.vendor_id = '' AND a.system_id = '' AND a.revoked_at IS NULL
         ORDER BY a.fiscal_year DESC, a.id DESC
         LIMIT 1) AS answer
  FROM item_history AS h
 WHERE h.id IN (SELECT max(id) FROM item_history GROUP BY pack, item)
   AND h.status IS NOT NULL; -- NULL: the rules no longer have it

-- Answers to the forms as they stand: one row a (pack, item, fiscal year, vendor, system) that was answered.  The institution's
-- own have no vendor and no system.  fiscal_year: in which it begins (2026 for R8), NULL for forms that belong to no year;
-- answer: yes, no; answered_on, target_on: dates, the latter only with no; since: the day from which it has been this answer
-- without another in between.
CREATE VIEW v_answer AS
SELECT a.id AS answer_id, a.at, a.pack, a.item, nullif(a.fiscal_year, 0) AS fiscal_year,
       nullif(a.vendor_id, '') AS vendor_id, nullif(fold(a.vendor_id), '') AS vendor_key,
       nullif(a.system_id, '') AS system_id, nullif(fold(a.system_id), '') AS system_key,
       a.answer, a.answered_on, a.target_on, a.who, nullif(a.note, '') AS note,
       (SELECT min(b.answered_on)
          FROM answer AS b
         WHERE b.pack = a.pack AND b.item = a.item AND b.fiscal_year = a.fiscal_year AND b.revoked_at IS NULL
           AND fold(b.vendor_id) = fold(a.vendor_id) AND fold(b.system_id) = fold(a.system_id)
           AND b.id > ifnull((SELECT max(c.id)
                                FROM answer AS c
                               WHERE c.pack = a.pack AND c.item = a.item AND c.fiscal_year = a.fiscal_year
                                 AND c.revoked_at IS NULL AND c.answer <> a.answer
                                 AND fold(c.vendor_id) = fold(a.vendor_id)
                                 AND fold(c.system_id) = fold(a.system_id)), 0)) AS since
  FROM answer AS a
 WHERE a.id IN (SELECT max(id)
                  FROM answer
                 WHERE revoked_at IS NULL
                 GROUP BY pack, item, fiscal_year, fold(vendor_id), fold(system_id));

-- Attestations that were not revoked, those that have lapsed too: one row each; until includes its day.  What counts today:
-- until >= :today.
CREATE VIEW v_attestation AS
SELECT id AS attestation_id, at, check_id, resource, who, nullif(role, '') AS role, why, evidence_name, evidence_sha256, until
  FROM attestation
 WHERE revoked_at IS NULL;

-- Waivers that were not revoked, coming and past ones too: one row each; resource_pattern is for GLOB; start and until
-- include their days.
CREATE VIEW v_waiver AS
SELECT id AS waiver_id, at, check_id, resource_pattern, who, approver, why, nullif(measure, '') AS measure, start, until
  FROM waiver
 WHERE revoked_at IS NULL;

-- What was said not to apply and not revoked, past ones too: one row each, for an item (ITEM or PACK/ITEM) or for a check.
CREATE VIEW v_not_applicable AS
SELECT id AS not_applicable_id, at, nullif(item, '') AS item, nullif(check_id, '') AS check_id, who, why, until
  FROM not_applicable
 WHERE revoked_at IS NULL;
