"""The words the linter knows, folded: in small letters, without accents. French, English, Arabic; no list of people.

Names are recognised by how they stand in a sentence; these lists help where capitals do not: in Arabic, at the
beginning of a sentence, and where somebody typed in small letters.
"""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Return the text in small letters, without accents and marks, words joined by one space."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def listed(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


# Whoever is called by one of these is usually alone to be it in a place.
TITLES = listed(
    "chef cheffe chief headman "
    "prefet sous-prefet gouverneur gouverneure maire maires imam imams marabout cadi cheikh cheick sheikh colonel "
    "capitaine commandant general lieutenant adjudant sergent juge procureur depute deputee senateur ministre "
    "president presidente eveque pasteur abbe directeur directrice proviseur emir amir sultan roi reine docteur "
    "professeur prefect governor mayor judge prosecutor deputy senator minister bishop pastor priest director "
    "headmaster headteacher captain commander sergeant king queen doctor professor الوالي والي المحافظ محافظ "
    "العمدة عمدة الإمام إمام القاضي قاضي الشيخ شيخ العقيد عقيد النقيب نقيب القائد قائد الوزير وزير النائب نائب "
    "الرئيس رئيس المدير مدير الأمير أمير السلطان سلطان"
)
# Written before a name.
HONORIFICS = listed(
    "m mr mme mlle mrs ms miss dr pr me monsieur madame mademoiselle el-hadj hadj hadja السيد السيدة الحاج الحاجة "
    "الدكتور الأستاذ"
)
PATRONYMICS = listed("ag ould mint walet welet oumar-ag ibn ben bint bin ولد بنت بن ابن منت أق ⴰⴳ ⵡⵍⵜ ⵓⵍⵜ")
KINSHIP = listed(
    "pere mere frere soeur oncle tante cousin cousine fils fille mari femme epouse epoux grand-pere grand-mere "
    "neveu niece beau-frere belle-soeur beau-pere belle-mere coepouse enfant voisin voisine ami amie patron "
    "maitre father mother brother sister uncle aunt son daughter husband wife grandfather grandmother nephew "
    "neighbour neighbor friend boss master أبي أمي أخي أختي عمي عمتي خالي خالتي ابني ابنتي زوجي زوجتي جدي جدتي "
    "صديقي صديقتي جاري جارتي"
)
# Given and family names that many bear in the region: a hint, not a register.
NAMES = listed(
    "abdoulaye abdou abdoul abdourahmane adama ahmed ahmadou alassane ali alou aly amadou amadoun aminata aissata "
    "aissatou assetou awa ba bakary balla binta boubacar bourama cheickna daouda djeneba djenebou drissa fanta "
    "fatima fatou fatoumata fousseyni habib hamadoun hamidou hassane hawa ibrahim ibrahima idrissa iliasou issa "
    "kadiatou kadidia khadija lassana mahamadou mahamane malick mamadou maimouna mamoutou mariam mariame mohamed "
    "mohamedou mohammed moctar modibo moussa nana nouhoum ousmane oumar oumou ramata rokia safiatou saidou salif "
    "salimata samba seydou sekou sidi souleymane soumaila tidiane yacouba youssouf zeinab zeinabou traore "
    "coulibaly diarra keita toure maiga cisse sangare sidibe diallo dembele konate kone doumbia sissoko kante "
    "haidara dolo guindo kassogue ongoiba berthe bengaly tounkara soumare kouyate dicko cissoko sacko sanogo "
    "ouedraogo kabore sawadogo barry bah sow camara sylla trawele trawere diabate fofana ouattara samake ballo togola "
    "diakite bagayoko bamba niare tangara goita sogoba kamissoko tembely poudiougou diawara dramane lamine moustapha "
    "boubou demba attaher alhousseini almoustapha fadimata aghali rhissa raichatou intalla "
    "محمد أحمد محمود عمر علي حسن حسين إبراهيم موسى عيسى يوسف "
    "عثمان أبوبكر عبدالله فاطمة عائشة مريم خديجة زينب آمنة أمينة سليمان إسماعيل إدريس صالح سعيد مصطفى حمادي "
    "تراوري كوليبالي كيتا توري ديالو سيسي ميغا"
)
# Smaller than a region, when a name follows.
PLACES = listed(
    "village villages hameau quartier campement fraction commune communes cercle arrondissement bourg bourgade "
    "localite oasis puits mare marigot forage barrage marche mosquee ecole hopital dispensaire prison camp "
    "carrefour pont colline hamlet neighbourhood neighborhood district town ward settlement well pond market "
    "mosque school hospital clinic bridge قرية القرية حي الحي بلدة البلدة دوار بلدية دائرة مخيم بئر سوق مدرسة "
    "مسجد"
)
# Between a word for a place and its name.
OF = listed("de du d des la le les l of the في من إلى")
# After these a word in capitals is a place.
AT = listed("a au aux en de d vers depuis pres jusqu pour dans in at from to near of towards through إلى في من")
# Towns and cercles of the country of the first forum; capitals and the words above find those of any other.
SMALL_PLACES = listed(
    "ansongo bourem gourma-rharous goundam dire niafunke tessalit abeibara tin-essako anderamboukane inekar "
    "tidermene bankass koro djenne tenenkou youwarou macina niono bla baroueli tominian kadiolo kolondieba "
    "yanfolila yorosso banamba kangaba kati kolokani bafoulabe diema kenieba yelimane lere almoustarat aguelhok "
    "araouane konna sevare boni hombori mondoro ogossagou sobane dinangourou niangara talataye labbezanga gossi "
    "timissa fana markala أنسونغو بوريم غوندام ديري تساليت كورو جني سيفاري هومبوري"
)
# Towns that are words, too ("sans le dire"): a place with a capital, or with the accent that the word has not.
PLACES_ALSO_WORDS = listed("dire")
MONTHS = listed(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january february march "
    "april june july august september october november december يناير فبراير مارس أبريل إبريل مايو ماي يونيو "
    "يوليو يوليوز أغسطس غشت سبتمبر شتنبر أكتوبر نوفمبر نونبر ديسمبر دجنبر جانفي فيفري أفريل جوان جويلية أوت رمضان "
    "شعبان رجب شوال محرم صفر"
)
# Months that are words, too: a date only beside a number or behind "in".
ALSO_WORDS = listed("mars march mai may")
DAYS_THAT_STAND_ALONE = listed(
    "tabaski ramadan korite maouloud noel paques toussaint christmas easter hier avant-hier yesterday أمس البارحة العيد"
)
NUMBER_WORDS = listed(
    "zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt "
    "vingts trente quarante cinquante soixante septante huitante nonante cent cents mille one two three four five "
    "seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty "
    "thirty forty fifty sixty seventy eighty ninety hundred thousand double triple oh nought صفر واحد واحدة اثنان "
    "اثنين ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثمان ثماني تسعة تسع عشرة عشر عشرون عشرين ثلاثون "
    "ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين مائة مئة ألف أحد"
)
YEARS_OF_AGE = listed(
    "an ans annee annees year years year-old years-old yr yrs سنة سنوات سنين عام عاما أعوام عامًا ⵉⵙⴳⴳⵯⴰⵙⵏ ⵉⵡⵜⵢⴰⵏ"
)
AGED = listed("age agee ages agees aged عمري عمره عمرها عمر ߛߊ߲߬ ߛߊ߲߭ ߛߊ߲")
# Words in capitals that name nobody: they stand inside sentences.
NOBODY = listed(
    "i i'm i've i'd i'll etat dieu allah god seigneur islam coran quran bible republique nation constitution "
    "forum parlement senat gouvernement onu un ua cedeao ong etats justice armee police afrique africa africain "
    "african sahel sahara francais french arabe arabic bambara peul peuls peulh touareg touaregs dogon dogons "
    "songhai songhay bozo bozos tamasheq fulani fulfulde soninke moor moors maure maures nord sud est ouest north "
    "south east west lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday "
    "saturday sunday mali burkina faso niger mauritanie mauritania senegal guinee guinea algerie algeria nigeria tchad "
    "chad state government"
)
# How sentences usually begin; another first word in capitals could be a name.
OPENERS = listed(
    "a afin ah ailleurs ainsi alors apres assez au aucun aucune aujourd'hui aujourd auparavant aupres aussi "
    "autant autour autrefois aux avant avec beaucoup bien bientot bon c ca car ce ceci cela celle celles celui "
    "cependant certain certaines certains ces cet cette ceux chacun chacune chaque chez ci combien comme comment "
    "contre d dans de debut dehors deja demain depuis derriere des desormais deux devant dieu dix donc dont du "
    "durant elle elles en encore enfin ensuite entre est et etre eux face fallait faut finalement grace hors ici "
    "il ils jadis jamais je jusqu jusque l la laisser le les leur leurs loin longtemps lorsqu lorsque lui ma "
    "maintenant mais malgre mes meme mieux moi moins mon n ne ni non nos notre nous on or ou oui outre par parce "
    "parfois parmi partout pas pendant personne peu peut peut-etre plus plusieurs plutot pour pourquoi pourtant "
    "pres presque puis puisque qu quand quant que quel quelle quelles quels quelqu quelque quelques qui quiconque "
    "quoi rien sa sans sauf se selon ses seul seule seulement si sinon soit son sont soudain sous souvent sur ta "
    "tant tel telle tes toi ton toujours tous tout toute toutefois toutes tres trois trop tu un une vers voici "
    "voila vos votre vous vraiment about above after again against ago all almost already also although always "
    "among an and another any anybody anyone anything are around as at away back be because been before behind "
    "being below beside between both but by can could did do does don't down during each either else even ever "
    "every everybody everyone everything few for from get give had has have he her here hers him his how however "
    "i if in indeed inside instead into is it it's its just last later least less let like many may maybe me men "
    "mine more most much must my myself near neither never next no nobody none nor not nothing now of off often "
    "once one only other others our out outside over people perhaps please rather she should since so some "
    "somebody someone something sometimes soon still such than that that's the their them then there these they "
    "this those though through thus to today together tomorrow too under until up upon us was we well were what "
    "when where whether which while who whoever whole whom whose why will with within without women would yes "
    "yesterday yet you your children femmes hommes enfants jeunes gens monsieur madame eau argent terre paix "
    "guerre ecole route vous-memes ecoutez merci"
)
# What somebody says of themselves without saying it: sex and age.
TOLD = {
    ("sex", "woman"): listed(
        "mariee veuve enceinte accouchee coepouse coepouses mon-mari my-husband widow pregnant widowed زوجي أرملة حامل"
    ),
    ("sex", "man"): listed("veuf widower ma-femme mes-femmes my-wife my-wives زوجتي أرمل"),
    ("age", "elder"): listed(
        "petits-enfants petit-fils petite-fille belles-filles arriere-petits-enfants mes-petits-enfants "
        "grandchildren grandson granddaughter my-grandchildren أحفادي حفيدي حفيدتي"
    ),
    ("age", "young"): listed("etudiant etudiante lyceen lyceenne student pupil طالب طالبة"),
}
