#include "collectors/registers_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pwd.h>
#include <sys/stat.h>

/* By /etc/passwd alone: a directory service could let us wait. */
static void owner_name(uid_t uid, char *buf, size_t size)
{
	_fclose_ FILE *passwd = fopen("/etc/passwd", "re");
	struct passwd *pw = NULL;

	while (passwd && (pw = fgetpwent(passwd)) && pw->pw_uid != uid)
		;
	if (pw)
		str_copy(buf, size, str_of(pw->pw_name));
	else
		snprintf(buf, size, "uid %u", (unsigned)uid);
}

int register_digest(struct str bytes, char ret[static 65])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (EVP_Digest(bytes.p, bytes.n, md, &length, EVP_sha256(), NULL) != 1 || length != 32)
		return -ENOMEM;
	for (unsigned i = 0; i < length; i++)
		snprintf(ret + 2 * i, 3, "%02x", md[i]);
	return 0;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int unreadable(const struct refusal_place *place, struct refusal *why, int error)
{
	return refusal_say(why, place, TEXT_file_unreadable, (const char *const[]){ "error", strerror(error), NULL });
}

/* @n is what fstat() said; more or less than that is a file that changes. */
static int slurp(int fd, char *bytes, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, bytes + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ESTALE;
		done += (size_t)got;
	}
	return 0;
}

int register_file_read(struct register_file *file, const char *path, const struct refusal_place *place,
		       struct register_report *report)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat before, after;
	int r;

	*file = (struct register_file){ 0 };
	if (fd < 0 || fstat(fd, &before) < 0)
		return unreadable(place, &report->why, errno);
	report->updated_at = before.st_mtim.tv_sec * SECONDS(1) + before.st_mtim.tv_nsec / 1000;
	owner_name(before.st_uid, report->updated_by, sizeof(report->updated_by));
	if (!S_ISREG(before.st_mode))
		return unreadable(place, &report->why, S_ISDIR(before.st_mode) ? EISDIR : EINVAL);
	if (before.st_size > REGISTER_FILE_MAX)
		return refusal_say(&report->why, place, TEXT_file_big, NULL);
	file->n = (size_t)before.st_size;
	file->bytes = malloc(file->n + 1);
	if (!file->bytes)
		return refusal_say(&report->why, place, TEXT_file_memory, NULL);
	r = slurp(fd, file->bytes, file->n);
	if (r == -ESTALE || (r == 0 && (fstat(fd, &after) < 0 || !same(&before, &after))))
		return refusal_say(&report->why, place, TEXT_file_changing, NULL);
	if (r < 0)
		return unreadable(place, &report->why, -r);
	if (register_digest((struct str){ file->bytes, file->n }, report->digest) < 0)
		return refusal_say(&report->why, place, TEXT_file_memory, NULL);
	return 0;
}

int register_file_take(struct register_file *file, struct str bytes, const struct refusal_place *place,
		       struct register_report *report)
{
	*file = (struct register_file){ .n = bytes.n, .bytes = malloc(bytes.n + 1) };
	if (bytes.n > REGISTER_FILE_MAX)
		return refusal_say(&report->why, place, TEXT_file_big, NULL);
	if (file->bytes && bytes.n > 0)
		memcpy(file->bytes, bytes.p, bytes.n);
	if (!file->bytes || register_digest(bytes, report->digest) < 0)
		return refusal_say(&report->why, place, TEXT_file_memory, NULL);
	return 0;
}

void register_file_close(struct register_file *file)
{
	free(file->bytes);
	charset_close(&file->conv);
	*file = (struct register_file){ 0 };
}

/* Line and place in it of the byte at @at, for a message. */
static struct refusal_place place_of(const struct refusal_place *file, struct str text, size_t at)
{
	struct refusal_place place = *file;

	place.line = 1;
	for (size_t i = 0; i < at && i < text.n; i++)
		place.line += text.p[i] == '\n' || (text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] != '\n');
	return place;
}

/* Japanese text in UTF-8: at least two three-byte characters of the kana and kanji rows. */
static bool japanese_utf8(struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i + 2 < line.n; i++)
		n += (unsigned char)line.p[i] >= 0xe3 && (unsigned char)line.p[i] <= 0xe9;
	return n >= 2 && str_utf8(line);
}

/* The first line that is UTF-8 although the whole is not: then no single charset can be right. */
static bool is_mixed(struct str text)
{
	while (text.n > 0)
		if (japanese_utf8(str_cut(&text, '\n')))
			return true;
	return false;
}

/* What the bytes are: by byte order mark, by NULs beside ASCII, else UTF-8 or what charset_guess() says. */
static enum charset detect(struct str *text)
{
	if (str_starts(*text, STR("\xef\xbb\xbf"))) {
		*text = str_from(*text, 3);
		return CHARSET_UTF8;
	}
	if (str_starts(*text, STR("\xff\xfe")) || str_starts(*text, STR("\xfe\xff"))) {
		bool little = text->p[0] == '\xff';

		*text = str_from(*text, 2);
		return little ? CHARSET_UTF16LE : CHARSET_UTF16BE;
	}
	if (text->n > 3 && text->p[1] == '\0' && text->p[3] == '\0')
		return CHARSET_UTF16LE;
	return str_utf8(*text) ? CHARSET_UTF8 : charset_guess(*text);
}

int register_file_decode(struct register_file *file, const struct refusal_place *place, struct refusal *why)
{
	struct str bytes = { file->bytes, file->n };
	struct refusal_place at;
	enum charset charset = detect(&bytes);
	size_t bad = 0;
	int r;

	if (charset != CHARSET_UTF16LE && charset != CHARSET_UTF16BE && !str_utf8(bytes) && is_mixed(bytes)) {
		struct str whole = bytes;

		charset_convert(&file->conv, CHARSET_UTF8, whole, &whole, &bad);
		at = place_of(place, bytes, bad);
		return refusal_say(why, &at, TEXT_file_mixed, NULL);
	}
	r = charset_convert(&file->conv, charset == CHARSET_AUTO ? CHARSET_CP932 : charset, bytes, &file->text, &bad);
	if (r == -ENOMEM)
		return refusal_say(why, place, TEXT_file_memory, NULL);
	if (r < 0) {
		at = place_of(place, bytes, bad);
		return refusal_say(why, &at, TEXT_file_charset, NULL);
	}
	return 0;
}
