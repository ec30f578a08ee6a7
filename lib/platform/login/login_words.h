/*
 * Words of logins in the terminal, as patterns (PCRE2, bytes): the same list
 * for all platforms, as a device may ask in the words of its AAA server. For
 * patterns.c alone.
 *
 * A question is an unfinished line that ends in a colon. It counts at once in
 * the words of most devices. In others it counts when a pause follows, as they
 * may stand in a banner, too.
 */
#ifndef NETFAN_PLATFORM_LOGIN_LOGIN_WORDS_H
#define NETFAN_PLATFORM_LOGIN_LOGIN_WORDS_H

/* A row for each kind of words. */
/* clang-format off */

#define WIDE_COLON "\xef\xbc\x9a"
#define COLON " ?(?::|" WIDE_COLON ") ?$"
#define REALM "(?: ?\\([^()]{1,32}\\))?" /* "(HAD)", the server's own mark */

/* A line of the last login asks for nothing, and no new user is made up. */
#define ASKS_NAME \
	"(?i)^(?!.*(?:(?:last|successful|failed) |root-system|new user" \
	"|new login))(?:.{0,64}[ -])?" \
	"(?:login|user ?name|user ?id|user|account)(?: as| name)?" \
	REALM " ?: ?$"

#define ASKS_PASSWORD \
	"(?i)^.{0,64}(?:password|passcode|passphrase)(?: for [^:]{1,64})?" \
	REALM " ?: ?$"

/*
 * German, French, Spanish and Portuguese, Italian, Dutch, Scandinavian and
 * Finnish, Polish, Czech, Russian; Chinese, Japanese, Korean. A letter that
 * UTF-8 and Latin-1 write differently is any one or two bytes.
 */
#define ASKS_NAME_OTHERWISE \
	"(?i)^(?:(?:.{0,64}[ -])?(?:" \
	"benutzer(?:name|kennung)?|anmeldename" \
	"|(?:nom d.{1,3})?utilisateur|identifiant" \
	"|(?:nombre (?:de )?)?usuario|(?:nome de )?usu.{1,2}rio" \
	"|nome utente|utente|gebruiker(?:snaam)?" \
	"|anv.{1,2}ndar(?:e|namn)|bruker(?:navn)?|brugernavn" \
	"|k.{1,2}ytt.{1,2}j.{1,2}(?:tunnus|nimi)?" \
	"|(?:nazwa )?u.{1,2}ytkownik" \
	"|u.{1,2}ivatel(?:sk.{1,2} jm.{1,2}no)?" \
	"|имя пользователя|Имя пользователя|логин|Логин" \
	"|пользователь|Пользователь" \
	")" REALM COLON \
	"|.{0,64}(?:" \
	"用户名(?:称)?|用户|帐号|账号|用戶名(?:稱)?|使用者名稱|帳號" \
	"|ユーザ(?:ー)?名|ログイン名|사용자 ?(?:이름|명|ID)|아이디" \
	")" REALM COLON \
	"|enter user ?name> ?$)"

#define ASKS_PASSWORD_OTHERWISE \
	"(?i)^.{0,64}(?:(?:" \
	"passwort|kennwort|mot de passe|contrase.{1,2}a|clave|senha|parola" \
	"|wachtwoord|l.{1,2}senord|passord|adgangskode|salasana" \
	"|has.{1,2}o|heslo|пароль|Пароль" \
	"|密码|口令|密碼|通行碼|パスワード|비밀번호|암호" \
	")" REALM COLON \
	"|(?:enter|login) password> ?$)"

/* For enable's secret, besides. A code that is good for once is none. */
#define ASKS_SECRET \
	"(?i)^(?!.*(?:one.?time|\\botp\\b|token)).{0,64}" \
	"(?:passw(?:or)?d|\\bpass\\b|\\bpin\\b|secret)[^:]{0,64}" COLON

#define ASKS_NEW \
	"(?i)(?:(?:new|old) password|current\\)? (?:unix )?password" \
	"|change now\\?|change (?:your |the )?password" \
	"|password (?:has |is )?expired).*[:?] ?$"

#define ASKS_NEW_OTHERWISE \
	"(?i)(?:\\b(?:" \
	"neue[sn]?|alte[sn]?|nouveau|ancien|nov[ao]|nuev[ao]|nuova|vecchia" \
	"|antigua|actual|atual|nieuwe?|oude?|nytt?|gammalt?|gammelt?" \
	"|uusi|vanha|nowe|stare|nov.{1,2}|star.{1,2}" \
	") (?:" \
	"passwort|kennwort|mot de passe|contrase.{1,2}a|clave|senha|parola" \
	"|password|wachtwoord|l.{1,2}senord|passord|adgangskode|salasana" \
	"|has.{1,2}o|heslo" \
	")|(?:новый|Новый|старый|Старый) пароль" \
	"|(?:新|旧|舊|原)(?:しい)?(?:的)?(?:密码|口令|密碼|パスワード)" \
	"|(?:새|이전) ?(?:비밀번호|암호)" \
	").*(?:[:?]|" WIDE_COLON ") ?$"

/*
 * What a line behind a password says. Words of a refusal are looked for in a
 * wide sense: a login that is not begun anew costs one device its answer, a
 * refused password that is typed again may cost the user his account.
 */
#define SAYS_REFUSED \
	"(?i)^ ?%|\\bfail(?:ed|ure|s)?\\b(?! to)|incorrect|invalid|denied" \
	"|wrong|reject|refus|\\bbad\\b|locked|lockout|expire|\\berror\\b" \
	"|\\bagain\\b|\\bretry|unsuccessful|unable|unknown|mismatch" \
	"|cannot|can't|could not|not (?:valid|correct|accepted" \
	"|authenticated|recogni[sz]ed|found|match|allowed)" \
	"|illegal (?:user|login|password|name)|timed? ?out|too many" \
	"|(?:attempts?|tries) (?:left|remain)" \
	"|fehlgeschlagen|fehler|falsch|ung.{1,2}ltig|gesperrt|abgelehnt" \
	"|erron|.chou|denegad|inv.{1,2}lid|\\berrad[ao]|negad[ao]" \
	"|errat[ao]|negato|fallit|fall(?:o|.{1,2})\\b|\\bfout|ongeldig" \
	"|geweigerd|misluk|felaktig|ugyldig|\\bfeil|forkert|\\bfejl" \
	"|nieprawid|b.{1,2}.dn[aey]|odmow|neplatn|chybn" \
	"|невер|Невер|отказ|Отказ|ошиб|Ошиб" \
	"|失败|错误|失敗|錯誤|无效|無效|拒绝|拒絕|不正|違" \
	"|실패|잘못|거부"

/* Words of a success, or of the way to another device. A server that checks
 * passwords may be connected to, too. */
#define SAYS_WELCOME \
	"(?i)\\bconnected (?:to|with)\\b(?!.*(?:radius|tacacs|ldap|server" \
	"|domain))|\\bescape (?:character|sequence|key)\\b|\\.{2,4} ?open\\b" \
	"|^trying \\S+ ?\\.{2,}|\\bwelcome\\b|^last (?:successful )?login:" \
	"|\\b(?:login|logon|authentication) (?:is |was )?" \
	"(?:successful|succeeded|accepted|complete)|\\baccess granted\\b" \
	"|\\bsuccessfully (?:logged|authenticated)\\b" \
	"|\\bverbunden mit\\b|\\bconnect[^ -~]{1,2} [^ -~]{1,2} " \
	"|\\bconectado a\\b"

/* clang-format on */

#endif
