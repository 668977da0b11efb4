"""Players on two days: what each said on the first has to be there on the second.

The ninety AT_HAND were read while the rules were written; the last thirty were WRITTEN_AFTER them. When those
were first tried, 105 of their 120 points were there (name 24 of 30, promise 27, topic 30, another fact 24).
The rules were mended with them since: what is asserted says that nothing is lost again, not how strangers
fare.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.memory import Memory
from runtime.mind.prompt import Exchange

MONDAY = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
BUDGET = 600


@dataclass
class Dialogue:
    """A talk, and words that name, promise and topic must hold the next day; a dash: there must be none."""

    talk: list[Exchange] = field(default_factory=list)
    name: str = "-"
    promise: str = "-"
    topic: str = ""
    fact: str = ""


def read(text: str) -> list[Dialogue]:
    """`> player`, `< character`, then `= name | promise | topic | another fact`."""
    dialogues = [Dialogue()]
    said = ""
    for line in text.strip().splitlines():
        mark, _, rest = line.partition(" ")
        if mark == ">":
            said = rest
        elif mark == "<":
            dialogues[-1].talk.append(Exchange(said, rest))
            said = ""
        elif mark == "=":
            last = dialogues[-1]
            last.name, last.promise, last.topic, last.fact = (part.strip() for part in rest.split("|"))
            dialogues.append(Dialogue())
    return dialogues[:-1]


AT_HAND = """
> Good evening. I'm Robin.
< Evening, Robin. Sit by the fire.
> Have you heard about the drowned bell?
< I heard it ring three nights ago, under the harbour.
> I'll bring you news of your brother tomorrow.
< That would be kind, love.
= Robin | bring news brother | bell |
< Halt. Name and business, and keep your hands where I can see them.
> Alice Thorne. I'm here to sell cloth.
< Cloth, is it? One copper for the toll.
> I promise I'll pay the toll when I leave.
< See that you do.
= Alice Thorne | pay toll | cloth | sell cloth
> My name is Kwame, and I'm from Accra.
< That is a long way.
> I'm looking for my sister. She sailed on the Grey Gull.
< The Grey Gull left a week ago.
> If she comes back, I'll be back too.
< I will keep an eye out for her.
= Kwame | be back | Gull | Accra
> Two bowls of noodles, please.
< Two bowls coming up. What should I call you?
> Just Yuki.
< Spicy or plain, Yuki?
> Spicy! I love chili oil.
< Then you came to the right cart.
= Yuki | - | noodles | chili oil
> hi, i'm tired and hungry
< Sit down, love. Stew or bread?
> stew. call me crazy but i love eel stew
< Nobody ever called eel stew crazy in my house.
> i will come back next week with my brother
< Bring him along.
= - | come back brother | stew | eel stew
> My name is Robert, but call me Bob.
< Bob it is.
> I work as a carpenter at the shipyard.
< Then you could mend my cellar door.
> I'll fix the cellar door on Friday.
< I'll pay you in cider.
= Bob | fix cellar door | cellar door | carpenter
> Is your name Holt?
< It is. Who are you?
> They call me Sparrow.
< I do not like thieves' names.
> I'm no thief. I swear I won't steal anything inside the walls.
< Good. Then the gate is open.
= Sparrow | not steal | gate |
> I lost my grandmother's silver ring near the well.
< Silver? That is a pity.
> If you find the ring, I'll pay you ten coppers.
< Ten? I'll look for it myself.
= - | pay ten coppers | ring | silver ring
> Hello there! This is my dog Biscuit.
< What a fine dog.
> My dog is called Biscuit because of her colour. I'm Hannah.
< Biscuit and Hannah. I will remember both.
= Hannah | - | dog | Biscuit
> I'm Dr. Moreau.
< A doctor? We could use one.
> I won't tell anyone about the tunnel in your cellar.
< Good. Nobody must know of that tunnel.
= Dr Moreau | not tell tunnel | tunnel |
> The name's Ishaan. I'm a sailor from Kochi.
< Tell me of the sea, then.
> I will teach you a sailor's knot when I come again.
< I'd like to learn a knot.
= Ishaan | teach knot | knot | sailor
> You can call me Captain Reyes.
< Captain. What brings you to the wall?
> I saw smoke over the old watchtower.
< The watchtower has been empty for years.
> I'll ask my crew about the watchtower.
< Do that.
= Captain Reyes | ask crew | watchtower | smoke
> It's me, Ingrid!
< Ingrid, back already?
> I don't like cider any more. I prefer tea.
< Tea I have. Mint or black?
= Ingrid | - | tea | tea
> My sister Anna is getting married in the spring.
< A wedding! There must be noodles.
> I'm called Tomasz, by the way. You must come to the wedding.
< I would not miss a wedding.
= Tomasz | - | wedding | Anna
> No, my name is Rowan, not Robin.
< Forgive me, Rowan.
> I'm allergic to nuts, so please remember that.
< No nuts in my broth, I swear.
= Rowan | - | nuts | allergic nuts
> I am María de la Cruz.
< Welcome, María.
> I'd like a room for two nights, with a view of the harbour.
< Four coppers a night.
> I'll pay you on Sunday.
< Sunday is fine.
= María de la Cruz | pay | room | room
> What do you know about the old lighthouse?
< The lighthouse keeper died last winter.
> I'm going to the lighthouse tonight. I'll tell you what I find.
< Be careful on the stairs of the lighthouse.
= - | tell find | lighthouse |
> My name isn't important.
< Everybody has a name.
> I'm just a traveler. I came to see the captain about the watch.
< The captain sees nobody before noon.
= - | - | captain | captain
> Hey! Jun here, I mean, my name is Jun.
< Hello Jun.
> Do you play cards? I'll show you a card trick tomorrow.
< Mara beats me at cards already, but I like a trick.
= Jun | show card trick | card |
> I'm Sarah's brother.
< Sarah from the bakery?
> Yes. She asked me to fetch flour.
< The flour is by the door.
= - | - | flour |
> I'm Thomas. I've got three goats and a donkey.
< The donkey stays outside the gate.
> I will bring you goat cheese.
< I have not had cheese since winter.
= Thomas | bring goat cheese | cheese | three goats
> people call me Fox
< Well, Fox, what will it be?
> do you have dumplings
< Dumplings on Thursdays only.
> ok i'll come back on thursday
< I'll keep some for you.
= Fox | come back | dumplings |
> My name's Priya and I'm a nurse at the harbour hospital.
< Then you know about the fever.
> The fever is getting worse. I need you to boil your water.
< I will boil every drop.
= Priya | - | fever | nurse
> I don't trust you, old man.
< And I don't trust you either.
> You took my sword. My father gave me that sword.
< You get the sword back when you leave.
> I'm Gareth, son of Owen, and I never forget an insult.
< I'm shaking.
= Gareth | - | sword | father
> Can I come in? My name is Li Wei.
< Toll is one copper, Li Wei.
> I have no coin. I promise to sweep the stairs instead.
< The stairs do need sweeping.
= Li Wei | sweep stairs | stairs |
> Hi, I'm eight years old and I'm lost.
< Where is your mother, child?
> My mother sells fish at the market. I'm Pip.
< I will take you to the market, Pip.
= Pip | - | market | eight
> I'm Norwegian, and my favourite food is soup.
< Soup I have.
> Your soup is delicious! I will tell all my friends about your soup.
< You are too kind.
= - | tell friends | soup | Norwegian
> I go by Ash these days.
< What did you go by before, Ash?
> That's a secret. Do you keep secrets?
< Better than most.
> Then I'll meet you at the fountain at midnight.
< At the fountain, then.
= Ash | meet fountain | fountain |
> Greetings, I am Sir Aldous of Wick.
< A knight? On foot?
> My horse died on the road. I'm trying to buy another horse.
< The smith sells horses now and then.
> I give you my word that I'll repay every coin.
< A knight's word is worth something.
= Sir Aldous of Wick | repay coin | horse | buy
> We met before. I'm Nadia, the one who plays the fiddle.
< I remember the fiddle.
> I'll play the fiddle at your inn on Saturday.
< Saturday it is, and supper is free.
= Nadia | play fiddle | fiddle |
> Evening. The name is Halvard, of the northern mines.
< Mines, eh? You look it.
> We broke through into an old crypt last week. Nobody dares to go in.
< A crypt under the mines? Leave it shut.
> I swear by my beard I'll seal that crypt before winter.
< Good man.
= Halvard | seal crypt | crypt | mines
> um hello can you hear me
< Clear as a bell. Who am I speaking to?
> oh great i'm jessica
< Welcome, Jessica.
> so i was wondering about the tournament
< The tournament starts on Sunday, at noon.
> cool i'll sign up for the tournament tomorrow
< I will put your name on the list.
= Jessica | sign up tournament | tournament |
> You may address me as Lady Evelyn.
< My lady.
> My carriage has lost a wheel on the bridge.
< The bridge is bad this year.
> Should your men mend my carriage, I will reward them with silver.
< They will mend the carriage within the hour.
= Lady Evelyn | reward silver | carriage |
> I've been a fisherman all my life.
< Then you know the shoals.
> Aye. And I know the herring are gone this year. Mark my words.
< The herring always come back.
> I am old Piet, everyone on the quay knows me.
< I do not, but sit down.
= Piet | - | herring | fisherman
> What's your name, mister?
< Holt. Sergeant Holt.
> I'm Millie and this is my cat, Button.
< No cats on the wall.
> Button only eats fish heads. I'll bring you a drawing of Button!
< Hm. I'd hang it up.
= Millie | bring drawing | Button | cat
> I do not want to give you my name.
< Fair enough.
> I only want to know when the ferry leaves for the island.
< The ferry leaves at dawn and at dusk.
= - | - | ferry | ferry
> Good morning, good morning! Back again, it's Oskar!
< Morning, Oskar. You're cheerful.
> I sold all my honey! Every jar.
< Then buy your own noodles for once.
> Ha. Next time I'll bring you a jar of honey, my word on it.
< I'll hold you to that jar.
= Oskar | bring jar honey | honey | honey
> I'm so bored. Tell me a story about pirates.
< There was a pirate called Black Jenny, who stole a church bell.
> Did Black Jenny ever get caught?
< Never. Some say she still sails.
= - | - | Jenny | pirates
> Hello, my name is Anne-Marie Dubois and I am a journalist.
< We had a journalist here once.
> I'm writing an article about the strike at the harbour.
< The strike is three weeks old.
> I promise I won't print your name.
< Then I can talk about the strike.
= Anne-Marie Dubois | not print name | strike | journalist
> It hurts. My arm hurts.
< Show me that arm. What's your name, son?
> Daniel. I fell off the roof.
< Off the roof? The arm is broken.
> I won't climb the roof ever again.
< That's what they all say.
= Daniel | not climb | roof |
> I'm not from here, sorry. I come from Brazil.
< You speak well.
> Thank you. My name, it is Thiago.
< Thiago. What do you miss?
> The music. I miss the music and my mother's cooking.
< There is music here on Saturdays.
= Thiago | - | music | Brazil
> Hi, it's Wednesday and I'm exhausted.
< Long shift?
> Twelve hours in the laundry. I hate the laundry.
< The laundry is hard work.
> Call me when the stew is ready.
< I will.
= - | - | laundry | laundry
> Folks call me Dusty on account of the road.
< Where does the road lead, Dusty?
> To Red Canyon. There's gold in Red Canyon.
< There was gold. There is only dust now.
> I'll send word when I strike gold.
< I won't hold my breath.
= Dusty | send word | Canyon |
> Remember me?
< I'm not sure I do.
> I'm Zofia! I bought a lantern from you in the autumn.
< The brass lantern! Does it burn well?
> The lantern broke. But I'm not angry.
< Bring the lantern and I'll mend it.
= Zofia | - | lantern | lantern
> my names mike
< Hello there, Mike.
> do you like football
< I have never seen football.
> i play football every sunday its the best
< Tell me the rules of football.
= Mike | - | football | football
> Let me introduce myself: Professor Adebayo, botanist.
< A botanist. Mind my turnips.
> I'm studying the moss that grows on this wall.
< The moss has been here longer than me.
> I shall return with my microscope on Thursday.
< The moss will wait.
= Professor Adebayo | return microscope | moss | botanist
> I need a sword. A good one.
< I sell noodles.
> Then noodles. And where is the smith?
< The smith is on Anvil Street, behind the temple.
> Thanks. I'll mention you to the smith.
< Ask for a discount.
= - | mention | smith | sword
> Are you okay? You look sad.
< My brother has not written for years.
> What's his name?
< Tom. Tom Fenn.
> I'll ask about Tom in every port. My name is Noor, and I sail on the Heron.
< Bless you, Noor.
= Noor | ask Tom | Tom | Heron
> I am Groot.
< Are you, now?
> Just kidding. My real name is Peter.
< Peter suits you better.
> I have a spaceship, you know.
< I don't know that word.
= Peter | - | spaceship | spaceship
> Guess who I am!
< I can't guess.
> I'm the new cook at the castle, Beatrix!
< The new cook! What will you cook for the king?
> A pie with forty pigeons. I'll save you a slice of the pie.
< I love pie.
= Beatrix | save slice pie | pie | cook
> You don't know me, but I knew your mother. I'm her cousin, Agnes.
< Mother never spoke of a cousin.
> She gave me this letter for you.
< A letter from mother?
> I'll read the letter to you whenever you're ready.
< Not today.
= Agnes | read letter | letter |
> What time does the gate close?
< At sunset.
> And if I'm late?
< Then you sleep outside the gate.
> Fine, I won't be late. I'm Viktor, the new blacksmith's apprentice.
< The smith told me about you.
= Viktor | not late | gate | apprentice
> I would like to order the fish, but no lemon, I'm allergic.
< Fish without lemon.
> And put it under Castellanos, Emilio Castellanos.
< It is in the book.
> My wife and I are celebrating our anniversary.
< Congratulations!
= Emilio Castellanos | - | anniversary | lemon
> Sorry I'm late, the tram was stuck.
< No matter.
> I'm Sam, I start work here today, right?
< You do, Sam. The kitchen is through there.
> Great. I'll clean the oven first, as I promised your boss.
< The oven needs it.
= Sam | clean oven | oven |
> Do you believe in ghosts?
< I believe in what I see.
> I saw a ghost on the stairs of the mill. A woman in white.
< The miller's wife, they say.
> I'll go to the mill tonight and talk to the ghost.
< Take a candle.
> By the way, I'm Leopold.
< Good luck, Leopold.
= Leopold | go mill | ghost | ghost
> I hate spiders.
< So does the cat.
> There's a huge spider in my room. Can you get rid of it?
< I'll send the boy up for the spider.
> Thank you so much. I'm in room three, Ms. Okafor.
< He will be right up, Ms. Okafor.
= Ms Okafor | - | spider | spiders
> Well, well. Sergeant Holt. Still alive.
< Who's asking?
> Your old friend Marlow. We fought at the ford.
< Marlow! You owe me three silver.
> And I'll pay you back, every coin of it.
< I heard that at the ford, too.
= Marlow | pay back | ford | ford
> I'm thinking of moving to this city. What is the rent like?
< Rent is high by the water.
> I can pay eight coppers. I'm a potter, so I need a kiln.
< There is an empty kiln on Clay Lane.
> Perfect. Tell them Ximena will come to see the kiln.
< I will tell them, Ximena.
= Ximena | - | kiln | potter
> My daughter turns six tomorrow.
< What does she wish for?
> A puppy. But my husband is against it.
< Husbands come around.
> Her name is Clara. Mine is Ruth.
< Two good names.
= Ruth | - | puppy | daughter
> good day to you sir my name is bartholomew but my friends call me barty
< Good day, Barty.
> i have come about the reward for the bandit
< The reward is fifty silver, dead or alive.
> i will bring him to you alive by friday you have my word
< Mind his crossbow.
= Barty | bring alive | bandit | reward
> Hello! I'm Kasimir. Is this the inn with the talking parrot?
< That's the Golden Anchor, love, two doors down.
> Oh, pity. My daughter wanted to see the parrot.
< Sit down anyway.
> I'll bring my daughter by tomorrow, then, for your stew.
< I'll keep two bowls.
= Kasimir | bring daughter | parrot | parrot
< Halt. Name and business, and keep your hands where I can see them.
> Farouk, and I deliver lamp oil.
< Lamp oil? How many barrels?
> Six barrels of oil. I will return for the empty barrels on Monday.
< Be quick about it.
= Farouk | return barrels | oil | oil
> wow this place is cool
< It's warm, by the fire.
> my name is zoe and im nine
< Nine! And where's your mother, Zoe?
> shes parking the car
< I don't know that word.
> its like a cart with no horse
< A cart with no horse? Pull the other one.
= Zoe | - | cart | nine
> You seem nervous, Sergeant.
< Someone stole the gate key last night.
> The gate key? I saw a boy with a big iron key at the docks.
< A boy? What did he look like?
> Red hair and a blue cap. I'll look for him this afternoon.
< There's a silver in it for you.
= - | look for him | key | red hair
> Good evening, Mara. It's Lucien again.
< Lucien! Did you find the tunnel?
> I did. The tunnel ends at a locked door.
< A locked door. I knew it.
> I promise you I'll get that door open.
< Quietly, please.
= Lucien | door open | tunnel | locked door
> Do you have anything for a sore throat?
< Honey and ginger tea, love.
> I'd love some ginger tea.
< One copper.
> I've lost my voice from singing. I'm a singer at the opera.
< Then rest that voice.
= - | - | ginger | singer
> My friends call me Teddy, but you can call me Theodore.
< As you wish, Theodore.
> I have come to learn how to make noodles.
< Flour, water, salt, and a strong arm for the noodles.
> I'll practise every day, I promise.
< We'll see.
= Theodore | practise every day | noodles | noodles
> I'm not a spy, I swear.
< That's what a spy would say.
> I'm Captain Isolde Marsh of the river patrol.
< River patrol? Show me your badge.
> I left the badge on my boat. I'll fetch it.
< I'm not going anywhere.
= Captain Isolde Marsh | fetch it | badge | boat
> What is the best noodle you make?
< Black pepper noodles, with clams.
> I can't eat clams, they make me ill.
< Then I'll leave the clams out.
= - | - | clams | clams
> Excuse me. I think I'm lost. My name is Ngozi.
< Where are you trying to go, Ngozi?
> To the library. I have to return this book about whales.
< The library is up the Lantern Steps.
> Thank you! I won't forget your kindness.
< Go on, before the library shuts.
= Ngozi | not forget kindness | library | whales
> hey remember me its jake
< Jake, with the broken oar?
> yeah i fixed the oar
< Well done.
> gonna row to the island tomorrow
< Watch the tide.
= Jake | - | oar | island
> I hear you need a new cook.
< I do. Can you cook eel?
> I can cook anything. I trained in Lyon for ten years.
< And what do I call you?
> Chef Bernard.
< Come tomorrow at six, Bernard.
> I will be here at six with my own knives.
< Good. Mine are blunt.
= Chef Bernard | be here six | knives | Lyon
> My brother Milo was taken to the cells last night.
< The boy who threw eggs at the mayor?
> He's only twelve! Please let Milo go.
< Milo stays until the fine is paid.
> I'll pay the fine. How much is it?
< Two silver.
= - | pay fine | Milo | brother Milo
> Name's Hollis. Just passing through.
< Where are you headed, Hollis?
> South, to bury my father. He died on Tuesday.
< I'm sorry about your father.
> He built half the bridges in this city.
< Then I have walked on his bridges.
= Hollis | - | father | father
> I will never tell you my name.
< Then I'll call you Stranger.
> Fine by me. I want to rent a boat.
< Old Finn rents a boat for three coppers.
= - | - | boat | boat
> Guten Abend! I am Jürgen, I come from Hamburg.
< Hamburg? Is that over the sea?
> Yes, it is a big harbour too. I am building a model ship.
< I should like to see that ship.
> I will show you the ship when it is finished.
< I'd be glad to.
= Jürgen | show ship | ship | Hamburg
> I'm allergic to cats and you have a cat on every chair.
< The cats were here first.
> Fine. I'm Beth. I'll sit outside with my soup.
< Mind the gulls, Beth.
= Beth | - | cat | allergic cats
> We need to talk about the missing children.
< Three children are missing since the bell rang.
> I'm inspector Duval. I'll question the fishermen.
< The fishermen saw lights on the water.
> I promise we will find those children.
< I hope so, Inspector.
= Inspector Duval | find children | children | fishermen
> I brought you a present!
< For me? What is it?
> A scarf. I knitted it myself. It's green because my favourite colour is green.
< A green scarf! Nobody knits for me.
> I'll knit you gloves next. I'm Wanda, if you forgot.
< How could I forget, Wanda?
= Wanda | knit gloves | scarf | green
> They say you used to be a boxer.
< I was. A long time ago.
> I want to learn boxing. My name is Emeka.
< Boxing is not a game, Emeka.
> I'll train hard. I will come every morning before work.
< We start with running.
= Emeka | come every morning | boxing | boxing
> I am so angry! Somebody stole my bicycle.
< What is a bicycle?
> A thing with two wheels. It was red. I loved that bicycle.
< I'll ask around for a red thing with two wheels.
> Thanks. Ask for Lotte if you find it.
< I will, Lotte.
= Lotte | - | bicycle | bicycle
> Can you keep a secret?
< I keep a dozen.
> I'm in love with the miller's son.
< With Edwin? Does he know?
> No! And I'll never tell Edwin.
< Tell him, girl.
= - | never tell Edwin | Edwin | miller's son
> I was told to ask for Tansy.
< That's me. Who sent you?
> My aunt Greta did. She says hello. I'm Nils.
< Greta! She owes me a card game.
> She says she will pay you back at midsummer.
< I'll believe it when I see it.
= Nils | - | Greta | aunt
> The name's Bond. Just joking. I'm Steve.
< Steve, then. What do you drink?
> Whisky. I collect old whisky bottles.
< I have an old bottle in the cellar.
> I'd pay ten silver for an old bottle.
< Ten silver! I'll look tonight.
= Steve | - | bottle | whisky bottles
> This is a stupid game.
< It's no game to me.
> Whatever. Where's the dragon?
< There's no dragon here. There was one in my gran's stories.
> I want to fight a dragon.
< Then find another city.
= - | - | dragon | dragon
> i have a question about the curfew
< The curfew begins when the horn sounds.
> im a doctor and i have to visit patients at night
< Doctors may pass after curfew. Your name?
> dr lindqvist
< I'll write it in the book, doctor.
= Dr Lindqvist | - | curfew | doctor
> Is it true that you met the queen?
< I met the queen once, when I was a girl.
> I'm painting a portrait of the queen. I'm Rosalind, the court painter.
< The court painter, in my inn!
> I'll paint your portrait as well, if you sit still.
< I never sit still.
= Rosalind | paint portrait | queen | painter
> Sir, sir! There's smoke coming out of the bakery!
< Smoke? How long?
> Just now! My mother is inside the bakery!
< Ring the bell, boy. I'll get your mother.
> I'm Arlo! I'll run to the well for water!
< Run, Arlo.
= Arlo | run well | bakery | mother
> I don't drink any more. It's been a year.
< A year! Good for you. Tea, then?
> Peppermint tea, please. My wife says hello. You know, Josephine.
< How is Josephine?
> She's well. She will visit you on Sunday.
< I'll bake her a cake.
= - | - | Josephine | drink
> Just call me Ravi. I fix clocks.
< The clock on the gate tower has been wrong for years.
> I noticed. It's twelve minutes slow. I could fix that clock for free.
< For free? What's the catch?
> No catch. I'll climb up there on Saturday, you have my word.
< Bring a ladder.
= Ravi | climb saturday | clock | clocks
"""

WRITTEN_AFTER = """
> Evening, innkeeper. The name's Dagny.
< Evening, Dagny. You look frozen.
> The road over the mountain pass is closed by snow.
< The pass closes earlier each year.
> I'll send you a postcard from the other side.
< I'd pin it over the bar.
= Dagny | send postcard | pass | snow
< Halt. Name and business, and keep your hands where I can see them.
> My name is Casper and I'm here for the boxing match.
< The match is at the fish market, after dark.
> Thanks. I'll tell you who won the match.
< I have money on the tall one.
= Casper | tell who won | match | boxing match
> hello i am amara
< Well met, Amara.
> can you teach me to play cards
< First rule of cards: never play with Mara.
> i promise i will practice
< We'll see about that.
= Amara | practice | cards | cards
> I'm so hungry I could eat a horse.
< No horse today. Dumplings?
> Dumplings sound perfect. I love dumplings with ginger.
< Ginger it is.
= - | - | dumplings | ginger
> Who runs this place?
< I do. Mara Fenn.
> Pleased to meet you, Mara. I'm Otto Brandt, the tax collector.
< The tax was paid in spring.
> Then I will look at your books on Wednesday.
< The books are in the cellar, with the tax papers.
= Otto Brandt | look at books | tax | tax collector
> I'm worried about my son. He hasn't come home.
< How old is your son?
> Fifteen. His name is Tariq. He went out in a canoe.
< A canoe, in this weather?
> If you see the canoe, please ring the bell.
< I'll ring it till it cracks.
= - | - | canoe | son
> It's a beautiful morning!
< It is. Are you here for the market?
> Yes, I sell candles. Call me Wren.
< Candles sell well before winter, Wren.
> I'll bring you a beeswax candle as a gift.
< I never say no to a candle.
= Wren | bring candle | candles | candles
> Listen, I don't have much time. They're after me.
< Who is after you?
> The moneylender and his men. I owe him forty silver.
< That moneylender broke my cousin's leg.
> I swear I'll leave the city before dawn.
< Take the north road.
= - | leave city | moneylender | forty silver
> Could you recommend a good book?
< I have read one book in my life. It had whales in it.
> I love whales! I'm a marine biologist.
< I don't know that word.
> It means I study whales. My name's Keiko, by the way.
< Keiko, you would like my one book.
= Keiko | - | whales | biologist
> I am very angry with you. You sold me a rotten fish.
< Rotten? My fish was caught this morning!
> It smelled like a swamp. I want my money back.
< Bring me the fish and I'll pay.
> I will come back with the fish and my lawyer.
< With a lawyer? Over a fish?
= - | come back fish | fish | money
> Are you the sergeant? I was told to report to you. Private Quinn.
< You're late, Quinn.
> My boots fell apart on the march.
< I'll find you boots. Size?
> Nine. I won't be late again, sergeant.
< Good.
= Private Quinn | not late again | boots | boots
> Good evening. My wife Helena and I would like the room with the balcony.
< The balcony room is five coppers.
> Put it under Stavros.
< Done, Stavros.
> I'll bring the luggage up myself.
< Mind the stairs.
= Stavros | bring luggage | balcony | Helena
> Tansy! It's me, Bruno!
< Bruno, you've grown!
> I joined the circus. I'm an acrobat now.
< The circus! Does your mother know?
> Not yet. Promise you won't tell her about the circus.
< I won't tell her. I promise.
= Bruno | - | circus | acrobat
> Nobody here speaks my language.
< Where do you come from?
> From Georgia. In the mountains. I am Nino.
< What do they eat in your mountains, Nino?
> Bread with cheese inside. I will bake this bread for you.
< Use my oven whenever you like.
= Nino | bake bread | bread | Georgia
> So, this inn. Is it haunted?
< Only by unpaid bills.
> I heard a ghost sings in the attic.
< That's the wind in the attic.
> I'll sleep in the attic tonight and find out.
< Then the attic is free of charge.
= - | sleep attic | attic | ghost
> I'm called Ilse. I repair violins.
< There's an old violin on my wall.
> I noticed it. The violin has a crack in its back.
< Can you fix the violin?
> I can, and I'll do it for a bowl of stew.
< Two bowls.
= Ilse | do it for a bowl | violin | violins
> Do you remember what I told you about my garden?
< Tell me again.
> I grow pumpkins. This year one pumpkin weighs forty pounds.
< Forty pounds! That's a pumpkin.
> I shall give you the biggest pumpkin for your soup. Yours truly, Mabel.
< You're an angel, Mabel.
= Mabel | give pumpkin | pumpkin | pumpkins
> I need to get a message to the lighthouse.
< The keeper takes no letters.
> It's about the shipwreck. Eleven people are on the rocks.
< A shipwreck? I'll send the boats.
> Tell them lieutenant Okoye sent you.
< Yes, Lieutenant Okoye.
= Lieutenant Okoye | - | shipwreck | shipwreck
> what is your favorite song
< The Ballad of the Drowned Bell.
> can you sing the ballad
< My singing empties rooms.
> haha my name is leo i can play the guitar
< Then play the ballad, Leo.
= Leo | - | ballad | guitar
> I'd rather not say who I am.
< Suit yourself.
> I have information about the thieves' guild.
< What about the guild?
> The guild will rob the bank on Friday.
< How do you know?
> I'm one of them. I'll meet you behind the temple tomorrow with proof.
< Come alone.
= - | meet temple | guild | information
> Hi there. I'm Fatima, I'm vegetarian, and I'm starving.
< Vegetable soup, then. No eel.
> Is there any butter in the soup?
< A little butter.
> Butter is fine.
< Then sit.
= Fatima | - | butter | vegetarian
> You dropped this glove.
< My glove! Thank you.
> It's very fine leather. My uncle makes gloves.
< Does he? Then tell him I need a new pair of gloves.
> I'll ask my uncle to make you a pair. I'm Pavel.
< Well met, Pavel.
= Pavel | ask uncle | glove | uncle
> Is the museum open today?
< The museum opens at ten.
> Great, I'm an archaeologist and I want to see the gold mask.
< The gold mask is a fake, they say.
> A fake? I will examine that mask myself.
< Tell me what you find, professor.
= - | examine mask | mask | archaeologist
> People tell me you knew my grandfather, Silas.
< Silas the drummer? He owed everyone.
> That's him. I'm Juno, his granddaughter. I still have his drum.
< The drum with the painted lion?
> Yes! I'll let you hold the drum if you like.
< I'd be honoured.
= Juno | hold drum | drum | drum
> I can't sleep. The dogs bark all night.
< Those are the captain's dogs.
> Tell the captain that Mrs. Abara in the mill house has a headache because of his dogs.
< I'll tell him, Mrs. Abara.
> And I'll complain to the mayor if nothing changes.
< The mayor sleeps through anything.
= Mrs Abara | complain mayor | dogs | dogs
> Three beers please, one for me and two for my brothers.
< Three beers. What's the occasion?
> My brother Ivo got engaged!
< Congratulations to Ivo! When is the wedding?
> In June. You're invited to the wedding.
< I'd love a wedding.
= - | - | wedding | Ivo
> The name is Cole. Detective Cole.
< A detective! Who is dead?
> Nobody yet. I'm looking for a stolen necklace.
< A necklace with blue stones?
> Exactly! How do you know about that necklace?
< A sailor tried to sell it to me.
= Detective Cole | - | necklace | stolen necklace
> Merry midwinter!
< And to you. Mulled wine?
> Yes please. I'm not staying long, my sledge is outside.
< A sledge, how lovely.
> I'll give you a ride on the sledge if you like. I'm Freya.
< I haven't been on a sledge since I was six.
= Freya | give ride | sledge | sledge
> I failed my exam today.
< What exam was it?
> Mathematics. I want to be an engineer like my mum.
< Try the exam again.
> I will. I'll study every evening.
< That's the spirit. What do they call you?
> Samir.
< Good luck, Samir.
= Samir | study every evening | exam | engineer
> Hey old man, move your cart.
< Mind your tongue, boy.
> I said move the cart! I'm Rafe, son of the mayor.
< The cart stays where it is.
> You will regret this. I'll tell my father about you.
< Do. He eats from this cart.
= Rafe | - | cart | mayor
"""


def holds(fact: str, words: str) -> bool:
    """Whether all of them are in it."""
    return all(word in fact.lower() for word in words.lower().split())


async def tell(dialogue: Dialogue, file: Path) -> list[str]:
    """What is missing on the second day."""
    memory = Memory.open(file)
    for number, exchange in enumerate(dialogue.talk):
        await memory.heard("npc", "player", exchange, MONDAY + timedelta(minutes=number))
    await memory.close()
    memory = Memory.open(file)
    now = MONDAY + timedelta(days=1)
    promise = await memory.recall("npc", "player", "Did I promise you anything?", BUDGET, now)
    hello = await memory.recall("npc", "player", f"Hello. {dialogue.fact}", BUDGET, now)
    await memory.close()
    promised = [fact for fact in map(str.lower, promise.facts) if "the player promised" in fact]
    meant = [fact for fact in map(str.lower, promise.facts) if "the player means" in fact]
    wrong = []
    if (hello.name or "-") != dialogue.name:
        wrong.append(f"name {hello.name!r}, not {dialogue.name!r}")
    if dialogue.promise == "-" and promised:
        wrong.append(f"promise {promised}")
    if dialogue.promise != "-" and not any(holds(fact, dialogue.promise) for fact in promised + meant):
        wrong.append(f"promise {dialogue.promise!r} not in {promise.facts}")
    if dialogue.topic.lower() not in (hello.last or "").lower():
        wrong.append(f"topic {dialogue.topic!r} not in {hello.last!r}")
    if not any(holds(fact, dialogue.fact) for fact in hello.facts or [""]):
        wrong.append(f"fact {dialogue.fact!r} not in {hello.facts}")
    return wrong


@pytest.mark.parametrize("text", [AT_HAND, WRITTEN_AFTER], ids=["at-hand", "written-after"])
async def test_the_second_day_knows_of_the_first(text: str, tmp_path: Path) -> None:
    dialogues = read(text)
    found = [await tell(dialogue, tmp_path / f"{n}.db") for n, dialogue in enumerate(dialogues)]
    missed = [(n, wrong) for n, each in enumerate(found) for wrong in each]
    asked = 4 * len(dialogues)
    assert len(missed) <= 0.05 * asked, "\n".join(f"{n}: {wrong}" for n, wrong in missed)
