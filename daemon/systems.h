/*
 * Which system a host or domain belongs to, by systems.csv, and who is a registered sender, by log_sources.csv.  Names are
 * compared without case; a host "emr01.example.jp" is found as "emr01" where only that is registered, likewise a domain.
 */
#pragma once

#include "core/str.h"

struct sqlite3;
struct systems;

int systems_load(struct sqlite3 *db, struct systems **ret);
void systems_free(struct systems *systems);
DEFINE_CLEANUP(struct systems, systems_free)

/* The folded system_id; empty when none has it.  Borrowed from @systems. */
struct str systems_host(const struct systems *systems, struct str host);
struct str systems_domain(const struct systems *systems, struct str domain);
/* True when log_sources.csv or systems.csv names the host or address. */
bool systems_registered(const struct systems *systems, struct str host);
