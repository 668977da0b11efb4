"""Sentences in which players say who they are, as patterns."""

from __future__ import annotations

import re

from runtime.memory.distil.clauses import OPENING
from runtime.memory.distil.words import KIN, lexicon

OTHERS = (
    r"(?:(?:my |the )?[a-z]{3,}s|my (?:family|crew)|(?:most )?people|everyone|everybody|they|folks?|most"
    r"|friends)"
)
OUTRIGHT = re.compile(
    OPENING + r"(?:(?:my (?:\w+ )?|the )?name(?:'s| is| was|s|,? it(?:'s| is)|,|(?= (?-i:[A-Z])))"
    r"|they named me|i'm (?:called|named|known as|listed as)|i (?:usually |mostly |just )?(?:go by(?: the"
    r" name"
    r"(?: of)?)?|answer to)"
    rf"|(?:(?:you|{OTHERS})(?: can| may| could| should| all| just| mostly| usually| here)* |just |do |simply"
    rf" )*"
    r"(?:calls? me|address me as|knows? me as)"
    r"|(?:let me |allow me to |may i )?introduce myself(?: as)?"
    r"|(?:it )?(?:should|must|will|would) be under(?: the name(?: of)?)?|it's under(?: the name(?: of)?)?"
    r"|put (?:me )?down(?: as)?"
    r"|write(?: down)?(?= (?-i:[A-Z])[\w'-]+$)|(?:put|book|write|have)(?: it| me| us| that)?(?: down)?"
    r" under(?: the name(?: of)?)?)"
    r"[:,]?\s+(?:just |simply |actually |really |now |still |the (?=(?-i:[A-Z]))|(?:hang on|hold on|wait),?"
    r" (?:it's |its )?)?(?P<name>.+)",
    re.IGNORECASE,
)
NICKNAME = re.compile(
    OPENING
    + rf"{OTHERS}(?: here| there| all| just| mostly| usually| always)* (?:calls? me|shortens? (?:it|that) to"
    r"|says?(?= [A-Z]|$)) (?P<name>[\w'-]+(?: [\w'-]+)?)(?=$|,)"
    r"|.*\b(?P<short>[\w'-]+) for short$"
    r"|.*\b(?:hard|difficult|long|mouthful)\b.*,? so (?P<simple>[\w'-]+)$",
    re.IGNORECASE,
)
IN_PASSING = re.compile(
    OPENING
    + r"(?:i'm|it's me,?|it is me,?|it(?:'s| is) i,|name:|the name:)\s+(?:just |still |actually |(?P<the>the"
    r" ))?"
    r"(?:old |young |little |poor |lonely |only )?(?P<name>.+)",
    re.IGNORECASE,
)
APPOSED = re.compile(
    OPENING
    + r"i'm (?:the|an?|your|his|her|their|our|[A-Z][a-z]+'s) [\w' -]{3,50}, (?P<name>(?-i:[A-Z])[\w'-]+(?:"
    r" (?-i:[A-Z])[\w'-]+)*)$"
    r"|.*\bmy name (?:should|must|will|might).*, (?P<last>(?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+)*)$"
    r"|" + OPENING + rf"i'm (?:your|his|her|their|\w+'s) {KIN},? (?P<kin>[\w'-]+)$",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"(?:(?:it's|that's|this is|i'm|me|just|only|the|old|young|little|big|well|oh),? )+", re.IGNORECASE
)
FRAMED = re.compile(
    r"(?:(?!\b(?:thanks?|you)\b)[\w' ]{2,20}[,.!]+ )?(?:it's |its |this is |just |only )*(?P<name>[\w'-]+(?:"
    r" [\w'-]+){0,3}?)(?<!'s)(?:,? |(?='s))"
    r"(?:here|speaking|again|(?:is|'s) (?:the|my) (?:name|callsign|handle|nickname)|is what (?:they|people"
    r"|everyone|my friends|folks) calls? me"
    r"|(?P<alias>will do|(?:is|'s) (?:fine|enough|good|better|okay|ok))|at your service|reporting(?: for"
    r" duty)?|to my friends"
    r"|(?:very |so )?(?:pleased|nice|good|glad|delighted|honou?red|enchanted|charmed)(?: to .*)?)(?:$|,|"
    r" again)",
    re.IGNORECASE,
)
CALL = re.compile(
    OPENING + r"this is (?P<name>(?-i:[A-Z])[\w'-]+)(?: (?:speaking|here|from|again)\b.*)?$", re.IGNORECASE
)
FRAGMENT = re.compile(
    r"(?:(?:oh|ahem|well|just|only|it's),? )*(?P<name>[\w'’-]+(?: [\w'’-]+){0,4})(?:(?:, | (?=of |from"
    r" ))(?P<rest>.+))?$",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:(?:good (?:morning|evening|day)|hello|hi|hey|greetings|back|remember me"
    r"|you know me)\b.*)?\bit(?:'s|s|'s me|s me),? (?:just |only |actually )*"
    r"(?P<name>[^,]+?)(?P<again>,? (?:again|here|now))?$",
    re.IGNORECASE,
)
HERE_IS = re.compile(
    OPENING
    + r"it's (?:just |only )?(?P<name>(?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+)?)(?P<from>, (?:from|of|your"
    r"|remember)\b.*)?$",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"\b(?:introduce myself|(?:remember|forgot(?:ten)?|know) me\b|guess who)", re.IGNORECASE
)
WHO_ELSE = re.compile(r"\b(?:who|what|which|whose)\b[^.!?]*\?", re.IGNORECASE)
MINE = re.compile(OPENING + r"(?:and )?mine(?:'s| is) (?P<name>.+)", re.IGNORECASE)
ANSWER = re.compile(
    OPENING + r"(?:it's|it is|that's|that is|that would be|just|i'm|they call me|only)?\s*"
    r"(?:(?:your|an?|the|only|just|old) (?-i:[a-z'-]+ ){0,3})?(?P<name>.+)",
    re.IGNORECASE,
)
DESCRIBED = re.compile(OPENING + r"(?:it's |i'm |just |only )*(?:your|an?|the) ", re.IGNORECASE)
SENT = re.compile(
    OPENING + r"(?:(?:[\w']+ ){0,4}and )?(?:just |you can )?(?:ask|look) for (?P<name>[\w'-]+(?:"
    r" (?-i:[A-Z])[\w'-]+)?)"
    r"(?:$| (?:at|in|if|when|on)\b|, (?:at|in|on|everyone)\b)"
    r"|"
    + OPENING
    + r"(?:tell|say)(?: (?:them|him|her|(?:the|my|your) \w+))?(?: that)?(?: it's)? (?P<sender>(?:(?:the|my"
    r"|your|our) )?[\w'-]+(?: (?-i:[A-Z])"
    r"[\w'-]+)?) (?:sent (?:you|me)|was here|is here|called|came by|stopped by|says (?:hi|hello)|is after|is"
    r" looking for)\b",
    re.IGNORECASE,
)
"""Whom others should ask for, or say that they come from, is who speaks."""
ASKED = re.compile(
    r"\byour (?:\w+ )?name|\bwho are you|\bwho(?:'s| is) (?:there|this|asking|that|[a-z]+ing)\b"
    r"|\bwhom? am i [a-z]+ing\b|\b(?:should|shall|may|can|do|must) (?:i|we|they"
    r"|people) call you|\bcall you\b"
    r"|\bname and business|\bwho goes there|\bmay i ask who|\bwhom? do i (?:have|ask)|(?<!her )(?<!his"
    r" )(?<!its )"
    r"(?<!their )\bname\?"
    r"|^(?:halt[.,!]? )?name\b|\bwhich (?:one |of \w+ )?are you\b|\bwho do i ask for|\b(?:which|what|whose)"
    r" name\b"
    r"|\byou are\?|\bdon't know you\b|\bnot caught your|\bby what name|\bwho might you be"
    r"|\bwho wants to know"
    r"|\bwhom shall i|\bwho shall i (?:say|ask)",
    re.IGNORECASE,
)
WHO = re.compile(r"\bwho(?:'s| is| might)(?: be)? (?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)\?")
THAT_IS_ME = re.compile(
    OPENING + r"(?:you're looking at (?:her|him|them|me)|that(?:'s| is| would be) (?:me|i)|speaking"
    r"|you(?:'ve)? found (?:her|him|them|me)|i'm (?:her|him|she|he))$",
    re.IGNORECASE,
)
DENIED = re.compile(
    OPENING + r"(?:my name(?:'s| is) not|my name (?:isn't|was never)|i'm not(?: called| named)?"
    r"|don't call me"
    r"|(?:and |that's |it's )?not)\s+(?P<name>.+)",
    re.IGNORECASE,
)
CONTRAST = re.compile(r"^(?P<yes>.+?),?\s+(?:and )?not\s+(?P<no>[\w'-]+)$", re.IGNORECASE)
NO = re.compile(r"(?:no|nope|not|sorry|wrong|actually|it's)\b", re.IGNORECASE)
PREDICATE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|do|does|did|i'm|you|\w+n't)\b", re.IGNORECASE
)
BESIDE = lexicon(
    "first second third fourth fifth as without with of from the a an your son daughter university like"
)
