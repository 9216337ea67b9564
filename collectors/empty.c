/* Keeps the library from being empty until its first file is there. */
extern int empty_translation_unit;
