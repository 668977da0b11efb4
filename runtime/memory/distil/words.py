"""Words that the rules of distillation must know."""

from __future__ import annotations

import re


def lexicon(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


STOP = lexicon(
    """a about above actually after again all almost already alright also although always am an and another
    any anybody anyone anything anyway are aren't around as ask asked at away back be because been
    before being best better between bit both but by bye call called can can't cannot come coming could
    couldn't day did didn't do does doesn't doing don't done down each either else enough even ever
    every everybody everyone everything far few fine first for from get gets getting give given go goes
    going gone gonna good goodbye got great had has hasn't have haven't having he hello her here hers
    hey hi him his hm how however i i'd i'll i'm i've if in indeed into is isn't it it's its just keep
    kind knew know known last later least less let let's like little long look lot made make making many
    may maybe me mean might mind mine more most much must my myself never new next nice no nobody none
    nor not nothing now of off oh ok okay on once one only or other our ours out over own perhaps please
    pretty probably put quite rather really right said same saw say says see seem seems shall she should
    since so some somebody someone something soon sorry sort still such sure take taken tell than thank
    thanks that that's the their theirs them then there these they they're thing things think this those
    though thought through time to today told tomorrow tonight too took try two uh um under until up us
    use used very want wanted was wasn't way we we'll we're well went were what what's when where which
    while who whole whose why will wish with without won't would wouldn't yeah yes yesterday yet you
    you'll you're you've your yours yourself morning evening afternoon bring brings brought find found
    hear heard need needs needed talk talked talking speak remember forget feel guess help helps hope
    looks looking love loves lovely leave leaving left promise suppose wait work works worked wonder
    cost costs happen happened happens became become began begin keeps kept stay stayed sit stand start
    started stop welcome believe friend friends people person allergic spicy angry bowl bowls cup cups
    glass mug piece pieces pair three four five six seven eight nine ten hundred name business sir ma'am
    madam miss dear there's here's who's how's where's it'll he's she's ain't wanna gotta seen show
    shown buy sell pay paid"""
)
"""Words that say nothing about what is talked of."""

NAMELESS = lexicon(
    """a able about afraid alive all alone an angry any anxious asleep at awake aware away back bad bard
    before behind better bit bored both broke broken busy but by called calm certain cheap clean close
    coming cold confused cool crazy curious cursed dead delighted different doing done down dreadful
    drunk dumb dying early easy every everyone excellent excited exhausted fair fast feeling fine
    finished first flattered free freezing from full funny glad going gone good grateful great guilty
    half happy here honest honoured hot human hungry hurt ill important impressed in innocent interested
    into it just kidding lame last late later leaving like listening living lonely looking lost lucky
    lying mad maybe me merely mistaken more much mud my nervous never new next nice no nobody none not
    nothing now of off ok okay old on one only open out over pleased poor proud quick quite rather ready
    real really relieved rich right sad safe scared second secret serious short shy sick simply single
    sleepy slow so some someone sorry starving stranded strange strong stuck such sure surprised that
    thankful the then there thirsty this thrilled tired to today tomorrow too totally touched trapped
    trying under unable unknown unsure up upset used very waiting warm weak weary welcome well wet when
    where who why willing with wondering working worried wounded wrong yes yet you young your yours if
    as and or again anytime whatever anything names always still because once soon sometimes mine hers
    his unimportant irrelevant known hard written guess was is isn't unpronounceable whoever what how
    which long god heaven hell christmas english"""
)
"""What may follow "I'm", "call me" or "my name is" and is no name."""

DEMONYMS = lexicon(
    """african american arab argentinian asian australian austrian belgian brazilian british bulgarian
    canadian catalan chilean chinese colombian croatian cuban czech danish dutch egyptian english
    estonian ethiopian european filipino finnish flemish french german greek hungarian icelandic indian
    indonesian iranian iraqi irish israeli italian jamaican japanese kenyan korean latvian lebanese
    lithuanian malaysian mexican mongolian moroccan nepali nigerian norwegian pakistani palestinian
    persian peruvian polish portuguese romanian russian scottish serbian slovak spanish swedish swiss
    syrian thai tibetan turkish ukrainian vietnamese welsh"""
)
CREEDS = lexicon("atheist buddhist catholic christian hindu jewish muslim protestant sikh")
CALENDAR = lexicon(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december"""
)
"""Capitalised, and no names: "I'm Catholic", "I'm free Monday"."""

KIN = (
    r"(?:(?:little|older|elder|younger|big|twin|late|dear|best|old|poor|only|step|eldest|youngest)[ -]?)*"
    r"(?:mother|mum|mom|father|dad|parents?|sisters?|brothers?|sons?|daughters?|child|children|kids?"
    r"|wife|husband"
    r"|partner|girlfriend|boyfriend|fiancée?|grand(?:mother|father|ma|pa|parents)|gran|aunt|uncle"
    r"|cousins?|niece"
    r"|nephew|friend|twins|boss|master|neighbou?r|dogs?|cats?|horses?|pony|donkey|mule|parrot|puppy"
    r"|kitten|goat)"
)
"""People and animals that belong to a player."""

TRADES = lexicon(
    """accountant acrobat collector drummer actor actress adventurer alchemist apprentice archer architect
    artist assassin astronaut baker barber bard barista bartender beekeeper biologist blacksmith boatman
    brewer builder bus butcher captain carpenter cartographer cashier chef chemist cleaner clerk cobbler
    coder composer cook cooper courier dancer dentist designer detective developer diplomat diver doctor
    driver druid economist editor electrician engineer explorer farmer ferryman fiddler firefighter
    fisher fisherman fisherwoman forester gardener gladiator glassblower goldsmith guard guide
    hairdresser healer herald herbalist hunter illustrator inventor jeweller jeweler journalist judge
    juggler knight lawyer lecturer librarian locksmith lumberjack mage manager mason mathematician mayor
    mechanic mercenary merchant messenger midwife miller miner minstrel model monk musician navigator
    nun nurse officer paladin painter peddler pharmacist philosopher photographer physicist pilgrim
    pilot pirate plumber poet policeman policewoman porter postman potter priest priestess producer
    professor programmer psychologist ranger reporter researcher rogue sailor saleswoman salesman
    scholar scientist scout scribe sculptor secretary seamstress sergeant shepherd shipwright shoemaker
    singer smith smuggler soldier sorcerer spy squire stonemason streamer student surgeon swordsman
    tailor tanner teacher therapist thief thatcher trader translator trainer trapper traveller traveler
    treasurer vet veterinarian waiter waitress warlock warrior weaver wheelwright witch wizard
    woodcutter writer"""
)
"""Heads of "I'm a ..." that say what somebody does."""

TRADE_ENDINGS = ("ist", "smith", "maker", "keeper", "wright", "monger", "herder", "ologist", "hand", "master")


def topic(text: str) -> str:
    """The words of `text` that say something, in their order: what facts of one thing have in common."""
    return " ".join(word for word in re.findall(r"[\w']+", text.lower()) if word not in STOP)[:60]
