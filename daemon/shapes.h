/*
 * The most frequent shapes of lines that no decoder speaks for, per source: at most SHAPES_KEPT rows of a source, counted as
 * "space saving" does (a new shape takes the place of the rarest and its count).  Of many such lines only some are looked at.
 * What is kept is the shape alone, without any value (rules/shape.h).
 */
#pragma once

#include "core/str.h"

#define SHAPES_KEPT 8

struct sqlite3;
struct shapes;

int shapes_new(struct sqlite3 *db, struct shapes **ret);
void shapes_free(struct shapes *shapes);
DEFINE_CLEANUP(struct shapes, shapes_free)

/* A line of source @source; @seen: how many such lines it has sent since the last commit, this one included. */
void shapes_add(struct shapes *shapes, int64_t source, struct str program, struct str text, unsigned seen);
/* Writes what waits, within the caller's transaction; forgets it in shapes_settle(). */
int shapes_flush(struct shapes *shapes, usec_t now);
void shapes_settle(struct shapes *shapes);
