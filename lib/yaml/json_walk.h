/* Walking through JSON of our own (yaml/json.h): it is right as it stands. */
#ifndef NETFAN_YAML_JSON_WALK_H
#define NETFAN_YAML_JSON_WALK_H

/* Takes a text, which is lent until it returns. */
typedef void json_take(void *arg, const char *text);

/*
 * Follow a path of keys with points between through mappings, "" stays at the
 * beginning; then take what is there: a text, number, true or false, or each of
 * a list's; none of what is deeper. JSON that is none, in a place that is come
 * by, ends it. Takes time by the length of the JSON.
 */
void json_walk(const char *json, const char *path, json_take *take, void *arg);

#endif
