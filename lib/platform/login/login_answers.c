/* Answers to what is asked before the first prompt. */
#include "platform/login/login_answers.h"

#include <string.h>

int login_answers_next(const char **text, struct login_answer *answer)
{
	const char *line = *text + strspn(*text, " \t\r\n");
	size_t len = strcspn(line, "\r\n");
	const char *divider = memrchr(line, '=', len);

	*text = line + len;
	*answer = (struct login_answer){.question = line, .question_len = len};
	if (len == 0)
		return 0;
	if (divider == NULL || divider == line)
		return -1;
	answer->question_len = (size_t)(divider - line);
	answer->reply = divider + 1;
	answer->reply_len = len - answer->question_len - 1;
	return 1;
}
