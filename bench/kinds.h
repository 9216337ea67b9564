/*
 * What the corpus is made of: one row a kind of line.  In a text %{name} stands for a value chosen for the line; `truth`
 * says which of them the decoders must find in which field.  A kind without a type must give no event.
 */
#pragma once

enum shape {
	SHAPE_EITHER, /* RFC 3164 or RFC 5424, half and half */
	SHAPE_3164,
	SHAPE_KERNEL, /* RFC 3164 without a pid */
	SHAPE_BARE,   /* <PRI> and text */
	SHAPE_SNARE,  /* RFC 3164 time and host, then tabs where a tag should be */
	SHAPE_JSON,   /* the program without a pid */
};

struct kind {
	const char *name;
	unsigned weight; /* interesting ones: shares of 30 %; noise: shares of 70 % */
	const char *type;
	const char *program;
	enum shape shape;
	const char *text;
	const char *truth; /* "field=value field=value" */
};

extern const struct kind kinds[];
extern const unsigned n_kinds;
