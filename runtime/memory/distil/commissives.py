"""Sentences that bind who says them (Searle 1976), and those that only look so, as patterns."""

from __future__ import annotations

import re

from runtime.memory.distil.clauses import OPENING

OATH = (
    r"(?P<oath>(?:i (?:promise|swear|vow)(?: you| to you)?(?:,? (?:by|on) (?:my|the"
    r"|all) [\w ]{2,20}?)?|(?:you (?:have|got)|you've got|i give you) my word|on my honou?r|trust me|believe"
    r" me"
    r"|cross my heart|don't worry)(?: that)?,?\s+)"
)
OATH_AFTER = re.compile(
    r"\b(?:i promise|i swear|my word|on my honou?r|cross my heart|without fail|no matter what)\b"
    r"(?: on it| you)?$",
    re.IGNORECASE,
)
ADVERBS = (
    r"(?:definitely |surely |certainly |gladly |happily |also |just |always |soon |even |try to |totally "
    r"|really "
    r"|personally |make sure to |make sure (?:that )?i |make sure |be sure to |come and |go and |come by and"
    r" |do my best to |ever )*"
)
WILL = re.compile(
    OPENING
    + rf"{OATH}?(?:i'll (?P<never>never |not )?|i (?P<wont>won't) |(?P<not>i'm not going to )|(?:i'm )?going"
    rf" to |we'll (?P<nor>never |not )?"
    rf"|we (?P<nont>won't) ){ADVERBS}(?P<x>.+)",
    re.IGNORECASE,
)
INSIDE = re.compile(
    r"^(?P<before>.*?[\w'])(?:,| that)? (?:i'll (?P<never>never |not )?|i (?P<wont>won't) |(?P<not>i'm not"
    r" going to )|we'll )"
    rf"{ADVERBS}(?P<x>.+)",
    re.IGNORECASE,
)
NO_CLAUSE_AFTER = re.compile(
    r"\b(?:if|what|whatever|where|when|whether|how|who|why|unless|until|think|thinks|hope|doubt|sure|maybe"
    r"|wonder|know"
    r"|knows|says?|said|thing|only|guess|suppose|afraid|place|time|day|one|all|than|because|before|after"
    r"|bet)$",
    re.IGNORECASE,
)
TO = re.compile(OPENING + rf"{OATH}(?P<never>never |not )?to (?P<x>.+)", re.IGNORECASE)
COMING = re.compile(
    OPENING + r"(?:i'm|we're|i am) (?P<x>(?:coming|heading|bringing|taking|sending|paying)\b.*"
    r"\b(?:back(?! from)|again|tomorrow|tonight|later|next|(?:on )?(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|soon)\b.*)",
    re.IGNORECASE,
)
OFFER = re.compile(
    OPENING + r"(?:let me|allow me to) (?P<x>.+)"
    r"|" + OPENING + r"i(?:'d| would) (?:like|love) to (?P<like>.+)"
    r"|" + OPENING + r"i(?:'d| would) be (?:\w+ )?(?:glad|happy|delighted|honou?red) to (?P<glad>.+)"
    r"|"
    + OPENING
    + r"i (?:can|could) (?P<can>.+? (?:if you (?:want|like|wish|need|prefer)|for you|tomorrow|tonight|by \w+"
    r"|(?:on|by) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b.*)",
    re.IGNORECASE,
)
YOU = re.compile(
    OPENING
    + r"(?:[\w']+ (?:says?|said|promise[sd]?) (?:that )?)?(?:(?P<who>you'll|he'll|she'll|they'll)|your [\w"
    r" ]{2,30}? will) "
    r"(?P<x>(?:have (?!to\b|a (?:good|nice|great|hard)\b)(?:it|them|him|her|your|my|the|first|every|all|an?"
    r"|\d+|two|three)\b"
    r"|get (?!used|to\b|over|lost|hurt|sick|there|in\b|out\b|bored|caught|cold|wet)|hear from me|see me"
    r" again|be (?:the first"
    r"|paid|repaid|rewarded)|never (?:have to|see me|hear|need|go)|not (?:be disappointed|regret)).*)"
    r"|"
    + OPENING
    + r"you (?P<no>won't) (?P<y>(?:regret|be (?:disappointed|sorry)|have to|hear (?:a|from me)|see me).*)",
    re.IGNORECASE,
)
COMMITS = re.compile(
    r"(?:bring|return|come|be back|be here|be there|pay|repay|find|help|keep|fetch|get you"
    r"|get your|get the|give|send|show|meet|visit|see you"
    r"|look (?:for|after|into|out)|remember|forget|make you|make it (?:up|worth)|repair|fix|mend|teach|save"
    r"|protect|watch|deliver|write|ask|tell (?!you (?:what$|that$|the truth|honestly)\b)"
    r"|hurt|steal|betray|let (?:you|him|her|them|it) (?:know|in|down)|kill|avenge|speak|talk|stop by"
    r"|drop (?:by|in|off|it)|carry|cook|pour|play|sing|buy|wait|leave|lend|put in|put (?:you|in a)|put it"
    r" (?:back|on)"
    r"|clean|work|share|take you|take care|take her|take him|take them|hold|say nothing|read|mention|reward"
    r"|sign up|check"
    r"|search|call|drink to|build|open|tip|trade|swap|dig|guard|escort|guide|walk you|drive you|carry|feed"
    r"|water"
    r"|bake|make|do (?:it|that|so) \w+|settle|cover|owe you|treat|introduce|recommend|vouch|square|settle"
    r"|report"
    r"|have (?:it|them|him|her|you|(?:your|the|my|that) [\w ]{2,24}) (?:\w+ed|\w+ing|back|ready|done|sent"
    r"|brought"
    r"|made|gone|built|there|here|by|open|on)\b|deal with|swing by|pop by|pop in|ring you|text|message|email"
    r"|phone"
    r"|stay away|step aside|sneak|smuggle|pick (?:you|it|them) up|run it|hand|pass (?:it|on|your)|translate"
    r"|sew|paint"
    r"|draw|knit|sharpen|polish|sweep|wash|learn|practi[sc]e|try again|win|prove|stop|quit|board up|touch)\b",
    re.IGNORECASE,
)
"""What binds who says it. "I'll have the stew" is an order, "I'll be fine" a comfort."""
IDLE = re.compile(
    r"(?:have (?!(?:it|them|him|her|you|(?:your|the|my|that) [\w ]{2,24}) (?:\w+ed|\w+ing|back|ready|done"
    r"|sent"
    r"|brought|made|gone|built|there|here|by|open|on)\b)|take (?!(?:you|her|him|them|your|it to|care)\b)"
    r"|bed\b|sleep$|school|work$|town|the |church|my |be (?:fine|able|okay|ok|right"
    r"|honest|sad|happy|glad|careful|quiet|brief|a |an |the |in |on )|need |think |know |see$"
    r"|see (?:if|what|about)|lie\b|say (?:that|this)$|do (?:it|that|this|my|what)$|try(?! again)|manage"
    r"|survive"
    r"|just |miss |regret|get (?!you|your|the|it|him|her|them)|start |sit |stand |stay (?!away)|pass\b"
    r"|give (?:it|that) a (?:try|thought|go)"
    r"|give (?:you|him|her|them) that|help myself|see you(?: later| around| soon| then)?$|find out"
    r"|get (?:going|moving|by)|leave (?:you )?(?:to it|now|alone|it)"
    r"|(?:leave|wait|work|call|open|talk|speak|ask|watch|play|read|pay|stop|pass|learn|win)$|keep (?:that"
    r"|it) in mind"
    r"|be (?:here|there)$|remember (?:that|it|this|you)$|take care$|hold on|tell you (?:about|a |my name"
    r"|what(?! i))"
    r"|ask (?:you )?(?:again"
    r"|one|a )|say (?:it|that) again|let you know$|talk to you|wait (?:here|a|for)|show myself|make (?:do"
    r"|it)$"
    r"|want |like |believe |understand|wonder |feel |hear )",
    re.IGNORECASE,
)
TELLS = re.compile(r"tell you (?:about|what|all|everything)\b", re.IGNORECASE)
STATIVE = re.compile(
    r"(?:be (?!late|back|the one|gone|seen|rude|any trouble|home|here|there)|understand|know|believe|need"
    r"|want|like"
    r"|have (?!you|it|them|him|her)|think|lie$|lie to|deny|get (?!in|caught|you)|matter|survive|last|fit|see"
    r"|care|mind"
    r"|keep you|bore|ask (?:what|why|how|where)|say (?:no|more|what|it again)$|argue|pretend|work$|miss|eat"
    r" that"
    r"|find|make it$|feel|tell you|answer|pay|give you|show you|say(?! anything| a word| nothing)|leave$"
    r"|speak to|talk to you|let you (?!down)|hear|complain|take (?:long|that|no)|sit|stand for|stay long|do$"
    r"|do (?:that|it)$)",
    re.IGNORECASE,
)
"""What is denied of oneself without a promise: "I'll never understand you", "I won't be long"."""
PASSIVE = re.compile(
    OPENING + r"(?P<x>(?:there(?: will|'ll| shall) be .*\b(?:for you|your|waiting|by)\b|(?:the|this) [\w"
    r" ]{2,24}(?:'ll| will| shall) be (?:left"
    r"|paid|repaid|replaced|returned|yours)\b|(?:it|they|that|(?:your|my|two|three|an?)"
    r" [\w ]{2,24})(?:'ll| will| shall) be (?:\w+ )?(?:left|paid|repaid|replaced|finished|done|ready|mended"
    r"|returned|delivered"
    r"|yours|waiting|sent|brought|fixed|rewarded|kept|repaired|cleaned|settled|back)\b).*)",
    re.IGNORECASE,
)
BEHALF = re.compile(
    OPENING
    + r"(?P<x>(?:(?:my|our) (?:\w+ )?\w+|the (?:regiment|guild|crown|company|order|army|king|queen|duke"
    r"|temple|church|council))"
    r"(?: will|'ll| shall) (?:\w+ly )?(?:pay|send|bring|help|give|repay|mend|fix|repair|deliver|reward"
    r"|protect|guard|come|take care)\b.*)",
    re.IGNORECASE,
)
PRESENT = re.compile(
    OPENING
    + r"(?P<when>(?:next \w+|tomorrow|tonight|on \w+day|\w+day),? )?(?:then )?i (?P<x>(?:bring|give|come|pay"
    r"|return|fetch|help|repay"
    r"|cook|make|fix|repair|teach|show|send)\b.*)",
    re.IGNORECASE,
)
"""The present for the future, as many speak who learnt English late: "tomorrow I bring you two"."""
HABIT = re.compile(r"\b(?:every|each|always|usually|often|never|sometimes)\b", re.IGNORECASE)
WHEN = re.compile(
    r"\b(?:tomorrow|tonight|next \w+|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.IGNORECASE
)
FOR_YOU = re.compile(r"\byou\b", re.IGNORECASE)
NO_OFFER = re.compile(
    r"(?:think|see|know|in|go|through|out|be|have|ask|tell|guess|introduce|sleep|finish|speak|talk|try|say"
    r"|explain"
    r"|start|sit|rest|look|check|hear|put it|call|wait|pass|live|work|die|read|remember|get this|stop|leave"
    r"|alone"
    r"|play|keep|help$|pay$|watch)\b",
    re.IGNORECASE,
)
