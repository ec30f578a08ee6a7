/* Pagers of all families. */
#include "platform/pagers.h"

#define SPACE " "
#define ENTER "\r"

/* What may stand behind, up to the end of the line. */
#define HINT "(?:[ ,:(].{0,80})?"

/* The more particular ones first. */
const struct platform_pager pagers_common[] = {
	/* --More--, <--- More --->, -- more --, next page: Space, quit: q,
	 * --More-- or (q)uit, --More--(50%), ----- more ----- Press Q .. ----- */
	{"(?i) {0,2}<?-{2,5} ?more ?-{2,5}>?" HINT " {0,80}$", SPACE},
	/* ---- More ( Press 'Q' to break ) ---- */
	{"(?i) {0,2}-{2,5} ?more ?\\([^()]{1,40}\\) ?-{2,5} ?$", SPACE},
	/* ---(more 50%)--- */
	{"(?i)-{2,5}\\(more(?: \\d{1,3}%)?\\)-{2,5} ?$", SPACE},
	/* [more 0%] (q,g,space,enter), [--more--] */
	{"(?i)\\[-{0,5}more(?: \\d{1,3}%)?-{0,5}\\](?: ?\\([^()]{1,40}\\))? ?$",
	 SPACE},
	/* (less 50%) */
	{"(?i)\\((?:less|more) \\d{1,3}%\\) ?$", SPACE},
	/* More: <space>,  Quit: q, One line: <return>; More? [next screen <sp>,
	 * next line <cr>, filter pattern </>, quit </>] */
	{"More: ?<space>,.{1,60}$", SPACE},
	{"(?i)More\\? ?\\[next .{1,80}\\] ?$", SPACE},
	/* Press any key to continue (Q to quit), Press <SPACE> to continue */
	{"(?i)(?:press|hit|strike|type) (?:the )?(?:any key|<?space>?(?:[ -]?"
	 "bar)?|a key)(?: to | for )(?:continue|more|(?:see )?(?:the )?next "
	 "page)\\b.{0,60}$",
	 SPACE},
	/* Press Q to quit, Enter to print next line or any other key .. */
	{"(?i)press '?q'? (?:to|for) (?:quit|break|exit).{0,60}(?:key|space"
	 "(?: ?bar)?|page).{0,30}$",
	 SPACE},
	/* CTRL+C ESC q Quit SPACE n Next Page ENTER Next Entry a All */
	{" ?CTRL\\+C +ESC +q +Quit +SPACE +n +Next Page\\b.{0,60}$", SPACE},
	/* Press Enter to continue, Type <CR> to continue, Q<CR> to stop */
	{"(?i)(?:press|hit|type) (?:the )?<?(?:enter|return|cr)>?(?: key)? to "
	 "continue.{0,40}$",
	 ENTER},
	/* { <cr>|include-default<K>|interface<K> }: */
	{"^\\{ ?<cr>\\|.{1,480}\\}: ?$", ENTER},
	/* -- [Q quit|D dump|down] */
	{"-- \\[Q quit\\|D dump[^\\]]{0,40}\\] ?$", "D"},
	/* less(1): lines 1-23, lines 1-23/50 45%, byte 1234, its file's name, :
	 * and (END), which it leaves by q alone. */
	{"^(?:\\S{1,64} )?lines \\d{1,9}-\\d{1,9}(?:/\\d{1,9})?(?: (?:byte "
	 "\\d{1,12}/\\d{1,12} )?\\d{1,3}%)? ?$",
	 SPACE},
	{"^byte \\d{1,12}(?:[-/]\\d{1,12}){0,2}(?: \\d{1,3}%)? ?$", SPACE},
	{"^: ?$", SPACE},
	{"^(?:\\S{1,64} )?(?:lines \\d{1,9}-\\d{1,9}(?:/\\d{1,9})? )?\\(END\\) "
	 "?$",
	 "q"},
};

const size_t pagers_ncommon = sizeof(pagers_common) / sizeof(pagers_common[0]);

/* With a mnemonic (%LINK-3-UPDOWN, %%01IFNET/4/LINK_STATE), a priority, or a
 * time near its begin; what wall(1) and write(1) say. */
const char pagers_message[] =
	"^.{0,100}%{1,2}[A-Z0-9][A-Za-z0-9_]*(?:-[A-Z0-9_]+)*[-/][0-7][-/]"
	"|^<\\d{1,3}>|^.{0,40}\\b\\d{1,2}:\\d\\d:\\d\\d\\b"
	"|^(?:Broadcast message|Message) from ";
