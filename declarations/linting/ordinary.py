"""Ordinary words of French, English, Bambara and Fulfulde, folded: with a capital they only begin a sentence.

Most of them stand in small letters in this project's own texts. What is left out is only pointed at; so a word by which
somebody is called, too, belongs in ALSO_NAMES.
"""

from __future__ import annotations

from .lexicon import listed

ALSO_NAMES = listed("""
aime alpha aube aurore bah balo barre barry bienvenu bienvenue blanche bonheur bore celeste chance charite claire
clement constance constant conte courage dame dao desire dieudonne dominique espoir faith fall felicite fidele fleur
florence fortune franc gage gloire grant honore hope innocent joie joy juste kadi kono lance ly male man mara marie
mark mercy moro noel olive papa parfait pascal patience pierre precieux prince promise prosper prudence prudent
reine rene rose sage sale sali salle san sara sira sow sy tall tene toussaint victoire vital
""")
ORDINARY = listed("""
abandon abandonne abandonnee abime abimee able abord abreuver abri abroad absence absent absente abstentions
accelerer accept accepte accepted acceptee acceptent acceptez acceptons acclamation accompagne accompagner accompli
accord accorde accorder according accouche account accueil accueille accueilli accueillir accueillons accusait
accuse accused accusee accusent accuser achete achetent acheter acheteur acheve acquise across act acte action
activite actuelle adapt adapter add added addition address addressed addressee addresses adjust administration admis
admit admitted adopte adopted adoptee adopter adoption adresse adressent adult advise advised affaire affected
affects affichage affiche affichee affichent afficher afraid africaine afterwards agent agir agissez agit agrandie
agree agreed agreement agriculteurs ahead aid aide aient aillent aim aimons air aires airwaves ait ajout ajoute
ajoutee ajouter ajoutez ajoutons ale alert alerte align alinea alive allait alle aller allez allocate allonger
allons allow allowed allume alms alone along aloud alphabet alphabetisation ambassadeur ambassador ambassadrice
ambulance ameliorer amenager amend amende amended amendement amendment ammaa amount anacardiers analyser ancien
ancienne anes anew anger anglais angry animal animateur animaux annex annexe annonce annoncee announce announced
annuel annuelle annulation annule annulee annuler annulez answer answered antenne apart appareil apparently
appartenait appartenance appartient appeal appears appel appele appelees appeler appelle appellent appelons
applaudit appliquer appoint apporte apporter apprend apprendre apprenne apprennent apprenticeship apprentissage
appris approche approfondir approfondissement approuve approuvees approuver approval approved approver approves
appui appuie appuient appuiera appuye appuyer appuyez arachides argue argument arme armed arms arrachee arrange
arranged arrangent arranger arrest arrestation arrested arretait arrete arretee arretent arreter arretez arriere
arrivaient arrival arrivant arrive arrived arrivee arrivent arriver arriverait arrondi arrosoir article artisans
ashamed aside ask asked asking aspect assembled assemblee assembly asseoir assess assieds assiette assign assis
assise assist assister association assoient assois assure assurer ate ateliers attache attacher attacks attaque
atteindre atteint attend attendait attendant attende attendent attendez attendons attendre attendu attente attention
attribuee attribuer aucunement audience auditeurs augmenter aumone auquel auraient aurais aurait aurez aurions
auront aussitot auteur authentic author authorise authorised authorities authority autodefense autorisation
autorisee autoriser autorite autre autrement avaient avais avait avance avez aviez avions avis avoid avoir avons
avoue aw awaited awaiting awɔ ayez ayi aynaaɓe b baara baarakɛla baaraw bac bache bad badge bagan baganmara baganw
bagarre bailleurs baisser balayage ban banc band bande bank banque baptemes barely barika barrages barred barree
barrier barriere bas basse batch batir baton battre beans bear bearing beaux became become beds began begin
beginning begun believe believed belle belong belonging bench beneath berge berger besides besoin best betail bete
better beurre beyond bi bidon bien-etre big bigger bilan billet bind bird birth blank blesse blessee blessent
blessure blocked blocks blows boire boit bol bolo bonne bons book bord border borehole born bornage borne borner
borrow borrowed borrower bouchent bouches boue bouge bought boundaries boundary bourgou bourgoutieres bout boutique
bouton bowl box boy brands bravo break breakdown breeds bref bridges brievement bring broad broadcast broke broken
brought brouillon brousse browser bruit brule brulee brulez budget build building bulletin bulls bureau burn burned
burnt bury bus button buy buyer buying byte bœuf bɛɛ cachant cachent cacher cachet cadenas cadenasse cadis cadre
caggal cahier caisse calcul calcule calebasses calendar calendrier call called calling calm calmer calmes camarades
came camera camion campaient campements camps canal cancel cancelled cannot cap capables capacite capacities
capacity capital caracteres carburant card care cared cargaison carnet carre carreau carrelage carreleur carried
carries carry carte cas case cashew casse cassee catch cattle caught cause cede cellal cemetery centre cercles
certainement certainly certificat certificate cessent chain chaine chair chalk champ change changed changee
changements changent changer changerait changez changing chantier chapelet chapitre character charbon charge
chargees chargent charrette chasse chassees chasseurs chaude chauffe chauffeur check checked checking checklist
checkpoint chefs chemin cher cherche chercher chercheurs cherchez chevres chickens chiefs chiffre child choisi
choisies choisir choisissez choisit choix choose choosing chose chosen church ciment cimetiere cinquieme circle
circulaire circuler citation cite citee citer citerne citoyen citoyenne civil civile civilians claim claimed clair
clarification clarifie clarifier clarify class classe classmates classrooms clause cle clean cleaned clear cleared
clearer clearly clef clerk clientes close closed closely cloture cloturees cloturer coarse coche code coherence
coherent coherente cohesion coin colere colle collect collectent collecteur collectif collective collectivites
collegues colonne colour column combattre combattu combine come coming comite commanders commandes commands commas
commencant commence commencee commencent commencer commentaire commercant commercante commerce commettre commission
commitment committed committee common commun communal communautaires communaute commune communique communities
community compagnies companies compare compared comparez compensate compensation competence competent competente
complain complainant complaint complement complementaire complet complete completed completely completer compose
composed composee composition comprehension comprend comprendrait comprendre comprennent compris compromis compte
comptees comptent compter comptons computer concerne concerned concernees concerning concerns concertation
conciliations conclu conclude concluded conclure concorde concordent concours concret concrete condition conduire
conduis conduite confiance confidentialite confie confiee confier confierais confiez confirm confirme confirmer
conflict conflit confond conforme conformement confused confusion congelateur connais connaissait connaisse
connaissent connait connaitre connect connecte connection connexion connu connue consacrer conseil conseille
conseillez consensus consent consentement consentis consequence conserve conserver consider consigner consignes
consolider consommee constat constate constater constitutionnel construction construire consult consultation
consultative consulte consulted consulter contact contenir content contest conteste contexte contiennent contient
continue continuent continuer continuite continuons contournee contract contradict contradiction contradictoire
contradictory contrainte contraire contrat contredisent contredites contribution control controle controler convene
convener convenir convenu convergence convient convoque cooked cookie cool cooperatives cooperer coordinate
coordonner copie copied copier copiez copy coquille corbeille corde correct corrected correction correspond
correspondant correspondent corridors corrige corrigee corriger corrigez cost cote coton coudre couds couleur
council count counted countries country coup coupable coupait coupe coupee couper coupeurs coupez cour courant
courent courriel courses court courte courthouse couru cousins coute coutent couteux coutumiere coutumiers
couverture couvre couvrir covered covers cowherd cows craftsmen craie craignent craint create created creation
credit cree creer creuse creusent creuser crie crier crime crise crisis critere critique croient croire croiront
croit crossings cru crushes cukalel cultivate cultivateur cultivation cultivatrice cultive cultivent culture current
currently custodian custody customers cut cutting cœur cɛ cɛw daily dairies damaged danger dangereuse dangereux
dangerous dares dash dashed data dataset date dattes davantage day dead deadline deaths debat debate debbo debouche
decentralisation deception deces dechire dechiree decide decided decidee decident decider decidera decision decisive
declaration declare declarer declarons deconnecte deconnectee decourager decree decret decrire decrit decrite decrue
dedans defait defence defendre defense define definition defricher delai delay delayed delegation delete deleted
deletion deliveries delivery delivre delivrent demand demandait demande demandee demandent demander demandeur
demandez demanding demandons demarche dementi dementir demeure demonstration demonter denial denmisɛn denmisɛnw
denoncer denw depart depassait depasse depassee dependent depense depensees deplace deplacee deplacement deploy
deployees deployer depose deposee deposer deprive deprived dernier derniere desaccord desarme descend descendent
descendre describe described description designe designer designerait desk dessin dessine dessiner dessous dessus
destinataire destroy destroyed detail detenue detour detruire detruisons detruit detruite deuxieme devait develop
developpement developper devenu devenue device deviennent devient devine devinent devoir devons devrait dialogue
dictee die differ differe difference differend different differente differently difficile difficult difficulte
diffuser diffusion dig digest digit dignite dimension diminue diminuer dioula diplome dira dirait direct direction
dirons diront dis disabilities disability disagree disagreement disaient disait disant disappear disarm disarmed
discours discussion discute dise disent dish disk disons disparaissent disparait disparu dispenser dispersent
displace displaced displacement disponibles disposition dispute disputent disque distinction distribue distribuer
distribute distribution distrust dit dite divided division document documentation doing dois doit doivent dommage
don done donkeys donnait donne donnee donnent donner donnera donnerait donnerons donnez donnons donor door doorway
dormir dormons dors dort dossier doter doublee doubles doublon doute dow draft drafted drafting dragues draw drawer
drawn dress drink drive driven driving droit dropped drought drove drowns dry dryers due dug dugu dugutigi duguw
dune duplicate duplicated dure duree durer duty dɔ dɔrɔn dɔw ear earlier earn easy eat eaten eating eaux ecarte
echalotes echange echanger echeance echec eclaircir ecoles economic economie economiques ecoutait ecoute ecoutee
ecoutent ecouter ecran ecrase ecrire ecrirez ecririez ecrirons ecris ecrit ecrite ecriture ecrive ecrivent ecrivez
ecriviez ecrivons edition educate education eduquer efface effacee effacer effacerait effacez effacons effect effet
efficace egal egalement egales egalite egare egaree elaborer elargir elder elect election element elevage eleve
eleveur eliminate elimination eliminer elire eloigne eloignees elsewhere embauchait embauche embauchent emet
emettent emetteur emission emmene empare empeche empecher empecherait emploi employ employee employment empoisonne
emprunte empruntent emprunter emptied empty enable enchaine encourager encre encyclopaedia encyclopedie end ended
endorsed endroit endure enemy energie enfance enforce engagees engagement engagent engageons engrais enleve enlevez
ennemi enough enquete enqueter enregistre enregistree enregistrement enregistrer enregistrez ensablees enseignantes
enseignants enseigne enseigner ensemble ensure entend entendent entendra entendre entendu entendues entente enter
entered entier entiere entirely entrance entree entrent entreprendre entrer entres entretenir entretien entrust
entrusted entry envelope enveloppe envers envie environ environnement envoi envoie envoye envoyee envoyer envoyez
envoyiez epaule epreuve epuise equal equilibre equip equipe equipees equiper equipped equite erased erratum erreur
errones error escalier esclavage esclave espaces espion essai essaie essaieraient essaye essayer essayez essentiel
essentielle establish estime etablir etage etaient etais etait etal etape ete eteint etendre etendu ethnic ethnie
ethnique etions etranger etude etudiante etudiee etudier evaluate evaluation evaluer eveille evenement evening
eventually everyday everywhere evidemment evidence evident evidente eviter exact exacte exactement exactly examen
examination examine examinees examiner excellent excellente exception excerpt exchanged excuse execution exemplaires
exemple exempt exercice exige exigeant exiger exil exile existants existe existence existent expand expect expected
expensive experience expert expire expired expirer explain explained explication explicite explique expliquee
expliquer exploitant exploitation exploiter expose exposerait expressement expression expriment extend extended
extension exterieur extortion extrait extremisme eyes faches facile facilitate facilitateur facilitator facilite
faciliter facon factor facts fahin faible faiblesse failli fair faire fais faisable faisons fait faite fallen falls
false familial families famille family fanga far farm farmer farming fasse fast faster fatigue faudra fault faute
faux faveur favorable favoriser favour fear feared feasible feast feasting fed fee feed feel feindre fell feminins
femme fence fenced fendue fera feraient ferait ferez ferme fermee fermer fermeture fermez ferries ferry fetch
fetched fete feuille fewer fichier field fiers fiez fifth fige figee fight fighting figure figurer fil file filets
fill filled filles filmer fin final finale finally finance financement financent financer financial financiers find
finding fine fined fini finie finir finished finit fire first firstly fishers fishing fit fixe fixed fixee fixer
fled fleuve flood flooded flou floue fo fof foi foire fold folded folder follow followed following foncier fonciere
fonction fonctionnaire fonctionne fonctionnent fond fondement fondre font food foot football forages foraine forbid
forbidding force forced forcera forgiven forgotten form formation forme former formerly formulaire formulation
formule foro forow forte fortunately forums fosses foster fought foulard found fournir fractions frais franchit
frappe free freely frequence frequency front frontiere froze frozen fuel fui full fully fumaient fumier fund funded
funding furakɛ further furthermore fuseau fusil fusion fusionne fusionnee fuu fɛn fɛnw gachee gagne gagner garantie
garantir garantissent garcon gardais gardait garde gardee gardeners gardens gardent garder gardez gardien gardons
gare gatee gather gathered gave gearbox gendarmerie general generale generaliser generally generation genisse genoux
genre gere gerent gese geste gestion gets gift gilla girls given gives gladly glass globalement goal goats goes
going gold golle gone good goodbye goonga gorko goudron gout gouvernance gouvernements gouverner governance
government grammaire grammar grand grande grandir grandissent granted gratuit gratuite gratuitement graves gravier
great greet greeting greffe ground groundnuts group groupe groupement grouper grow guarantee guard guarded guarding
guerres guess guesses guet guide guilty gure haa haala habit habitante habitants habitude habituellement hade haine
hakili hakilina hakɛ half hali hall halt hand handed handicape handicapee handled hanki hannde happen happened happy
hard hardly hare harm harmonisation harmoniser harvest hatred haut haute having head heading headlamp headscarf
health hear heard hearing heart hebdomadaire heberge held hello help helpful hence hens herd herder herding herite
hesitate hesitation hesite heure hidden hide hier high himself hire hiring histoire historique history hivernage hol
hold holder holding holes holi home homme honest honnetement hono honorer honour honte horaire horizon host hosting
hoto hour house housed humain human hungry hurrying hurt hydraulique hyphens hɛrɛ idea idee identical identifiant
identifier identify identique identite identity ignore ignoree ignorent illegal illegale illegible illisible image
immediatement implement impliquer important importante importe imposer impossible impot imprecis imprecise
impression imprevu imprimante imprime imprimee imprimer imprimez improve impunity inacheve inapplicable incendie
inchange inchangee include included including inclure inclus incluse inclusion incoherent incompetent incomplet
incomplete incomprehensible inconnue increase indemnise indemniser indique indispensable inegalite inexact inexacte
inferieurs inform information informe informer ingenieurs inhabitant inherited initiative injuste injustice
inondation inquiete inscrire inscrit inscrite insist insistance insiste insister inspection inspire inspiree install
installer instant instaurer instituteur institutional institutionnelles institutions instruction insuffisant
insuffisante insult insulte intacte integrate integration integre integree integrer intensifier interdiction
interdire interdisant interdise interdit interessant interessante interet interethnic interethnique interieur
international internet interpret interprete interpreter interrogent interrompre interrupting introduce inutile
inutilisable invente invented inventees inverse invest investigate investigated investir invisible invite invited
inviter invitons involve invoque iront irrealisable irrealiste irregularite irrigation isolation issue itself jaabi
jamana jango jannde jardin jawdi jete jeter jetez jette jeune jeunesse jiw join joindre joined joint jointe joked
joking jooni joue jouent jouer jour journalist journaliste journaux journee journey judged judgement judgment
jugement juger juges jure juridique juridiquement justement justices justification jɔn jɛkulu k ka kaalis kabini
kala kalan kalanso kalo kamɓe kana kanko karite katuguni kawral keep keeper kept key killers kind kinship knew knob
know knowing known ko kuma kuman kumaw kun kunun kɔfɛ kɔlɔn kɔlɔnw kɛlɛ kɛnɛya laawol label laboure labouree lac
lache lack lacking lacune ladde lafiya laid laissant laisse laissee laissent laissez lait laiterie lake lamp lampe
lancer land landlord language langue laquelle large larger lastly late lately laughed laughing laughter lavait lave
law lay laying lead leader leaf learn learned leave leaving lecon lecteur lecture led left legal legalite legitime
lend lendemain lender length lent lentement lenteur lequel lesquelles lesquels lesson lets letter lettre leve levee
level lever levy leydi liaison libelle libere liberent liberer liberte librement libres licence lie lien lierait
lieu life lighter ligne likewise limit limite limiter line linge link lira lire lis lisait lisent lisez lisible
lisons list liste listen listened listeners listening lit literacy litiges little live lived livelihood living
livrer load loan local locale localement locaux lock locked logee logement loges logiciels logique loi lointain long
longer longueur look looked looking loose lorries lors lose lost lot loudly lourd lourde low lower loyer lue lus
lutte lutter lycee machine made magasin magistrat magistrate mail main mainly maintain maintenir maintien
maintiennent mairie maison maitres major majorite majority majuscules make mal malade maladie malentendu malheur
manage management mandat mange mangee mangent mangions manguier maniere manifestement manquait manque manquent
manquer manure map maraicheres marchandes marchent marcher marches mares mariage mariee marient maris marked market
marmite marque marriages married mast mat materials materiaux materiel maths matin matter mauvais mauvaise mawɓe
mawɗo mayors mbele mbeɗe mboɗo meal means meant meanwhile measure measured mechancete mechanic medersas media
medicament meet meeting mefie megabytes megaoctets meilleur meilleure member membership membres memes memoire memory
menace menacee menacent menaka mene menent mener mens mensuelle menteur menti mention mentir merge merged merger
message mesure mesurer mesurons met meteo methode metier mette mettent mettez mettre meurent meurt mi micro
microphone midi midnight migration mil milk mill millet min mind mined minee minen minimum mining ministere
ministres ministries ministry minnu minor minoritaire minorite minority minuit minute mise misi misiw missing
mistake mobile mobilise mobiliser mode modele modernise moderniser modification modifie modifiee modifier mois
moitie moment monde mondial money monitor monnaie montaient montant montent monter month montre montree montrent
montrer montrera montrons moreover morning mort morte mostly mot motif motive moto motorbike mouille mouillee moulin
mouton move moved movement moving moyen mud muette multiplier multiply mun mur muso musow mɔgɔ mɔgɔw na nageait
nagge naissance nait naitre name named narrow national nationales natte natural naturelles navigateur nde nden
ndiyam nearly necessaire necessary necessite nee need needed negligence negociation negotiate neighbouring
neighbours nerveux nes nettoye nettoyer network neutre neuvieme nevertheless new newer newest newspapers newsroom
neɗɗo ngesa night nin niveau nka nobody's noie noise nom nombre nombreuses nombreux nomme nommees nommer nonetheless
normalement normally note notebook noted notee noter notez notice notons notres nourrissait nourrissent nourrit
nouveau nouvel nouvelle nowhere nte nuance nuit nulle number numbered numero numerotee numerotes obeit obey objectif
objet obligation obligatoire oblige obliger observation obsolete obstacle obtain obtenir obtenu obviously occupe
occupent octet octroyer odeur offer office official officiel officielles offre oignon ok okay old older olu omission
ondes ones onions onon ont open opened opening operations operative operator opinion opportun opportunities opposes
opposition optimiser order ordinaire ordinateur ordre oreille organisateur organisation organise organiser organisme
orientation origine orpaillage orpailleurs orthographe ose otherwise oubli oubliee ourlet ours ourselves outdated
outil outillage ouvert ouverte ouverture ouvrages ouvre ouvrent ouvrez ouvriers ouvriez ouvrir ouvrira oversee owed
owes own owner pact pacte padlock page paid paie paiements paient paierait paieras paint painted pair panels panne
panneau paper papier paradis paradise paragraph paragraphe parait paraitra parc parcelle parcourant parcourir
pardonne pareil pareille parent parente parlait parle parlee parlent parler parleraient parlez parlions parlons
parole parquet pars part partage partager partenaire partent parti participant participantes participation
particular particulier partie partiellement partir partira partiront partly partner parvenu pass passage passaient
passait passants passe passed passee passent passer passing passphrase password past pasted pasture path patrol
patrouille patrouiller paturage pauvrete pay paye payee payer peace peche pecher pecheur peine peint peinture pen
penches pensaient pense pensent pensez percepteur percevoir percoit perd perdants perdez perdre perdu perdue peres
permanence permet permettre permis permise permit person personnes perte pertinence pertinent pertinente pese petit
petite petrol peuple peur peuvent peux phone photo photocopie photographie phrase picture piece pied pietine pillage
pirogues piste pits place placer plaignant plain plaindre plainte plaire plaisante plaisanterie plait plan planifier
planned plante planted plantee planter plat plate played plays pleased pledge plein plenary pleniere pliee pliez
plot ploughed plu pluie plupart poche pocket point pointille poisoned poisson polices polie poliment polite
politesse political politique pompe ponctuation ponts poor poorly population portait porte portee portent porteur
pose posee posent poser position posseder possible possibly post poste posted postponed pouce poulets pourra
pourraient pourrait pourrit pourront poursuivi poursuivre pousse pouvaient pouvais pouvait pouvez pouvoir pouvons
poverty powered pratique prayer preacher prealable preambule precaution precedent precedente preche precheur precis
precise precisement preciser precision prefects prefer prefere preferent preferer preferons preferred prefets
prelevement premier premiere premises prenait prend prendre prenez prenne prennent prenom prenons preoccupation
preparation prepare prepared preparer prescrit presence present presente presenter presently preserve presidait
presided presidence press pressed pression pret prete pretend preter preuve prevenez prevenir prevent prevention
previous prevoir prevu prevue price prie priere principales principe print printed prioritaire priorite prioritise
pris prise private prive priver prix probable probablement probably probleme procedure proces processus prochaine
proche produce produira profit program programme progres prohibit project projet prolongation promesse promettent
promettez promettons promettre promis promised promises promote promotion promouvoir prononcera proof proportion
propos proposal propose proposed proposee proposent proposer proposez proposition propre proprietaire prosecute
prosecuted prosecutors protect protected protecting protection protege protegent proteger proud prouve prove proved
provide provided provisoire provoquer public publication publicite publicly publie publiee publier publierons
publique publiquement publish published publishes puisait puisent puiser puisse puissent pump punir punish punishes
punisse punit purpose push pushed put qualified qualifies qualite quantite quarrel quarrelling quart quarter
quartiers quasi querelle question queues quickly quitte quitter quittez quorum quote quoted quotidiennes raccorder
raccourci raccourcie raccourcir races raconte racontent raconter racontez radio rain rainy raise raised raison
ramene ramp rampe ran rang rank ranking rapide rapidement rappel rappele rappelle rappellent rappellera rapport
rapporte rapporteur rapporteure rapprochement rare rarement rassure rattrapage reach reached read reader reading
ready real realisable realiste really reason reassures reboucher rebouchera recalcule recall recalled receipt
receive received recente recently recepisse recevez recevoir recevra rechargez recherche recital recite recitent
reciter reclamais reclame recognise recognised recois recoit recoive recoivent recolte recoltent recommandation
recommandent recommandons recommencez recommend recommendation recompense reconciliation reconcilie reconcilier
reconduit reconnais reconnaissance reconnait reconnaitrait reconnaitre reconnu reconnue reconstruire recopier
recopiez record recorded recording recours recovery recreation recruit recruited recruiter recrute recrutent
recruter recruteur rectifier recto recu recue recueillez recueilli recueillir recul recule redaction redemandez
redevance redevient redige redigee redite redondant redondante redonne redonnee reduce reduire reduites redundant
reecrit reecrite reecriture reel reelle reellement refasse refer referme refermee refermer referons reflexion reform
reformer reformulation reformule reformulee refrain refugees refus refusal refuse refused refusee refusent refuser
refusez refusing refusons regard regarde regardent regarder regardez region regional regionales register registered
registration registre reglaient reglait regle reglees reglement regret regrettable regrette regroupe regroupement
regulier rehabilitate rehabiliter rehearsal rejected rejet rejete rejetee rejoindre rejoints relais relancer
relation relaunch relecteur relecture relevent relever relieved religieuse religieux religion religious relire
reload relu relue rely remain remark remarque rembourse remboursement remboursent rembourser remede remember
remembered remerciement remercier remercions remet remettent remettez remettre remind remis remise remonte remonter
remooɓe remote removal removed remplace remplacee remplacement remplacent rempli remplir rencontre rend rendait
rendent rendre rendu rendue renew renewed renforcement renforcer renonce renoncent renouvele renouveler renseigne
rentre rentrent rentrer rentreront renvoye reopen reopened reouverture repair repaired repairers reparateur
reparation repare reparer reparez repart repartent reparti repartie repartir repartira repartition repas repay
repayment repeat repeated repete repetent repetition replace replaced reply repond repondaient reponde repondent
repondre repondu reponse report reported repos reposait repose reprend reprendre reprenez repreniez represent
representants representer repris reprise reproach reproche reprocher reproduit request requete require required
rescue reseau reservations reserve reservees reserver resilience resolution resolve resoudre resources respect
respected respecter respectes responsabilite responsable response ressaisie ressemble ressources rest restais
restantes restaurer reste rested restee restent rester resting restituer restitution restore restriction resume
retablir retard retenir retenu retenue retienne retire retired retiree retirent retirer retirez retiriez retour
retourner retrace retracer retrait retrouve retrouvee retrouvent retrouver return returned returning reuni reunie
reunion reunir reunissent reunit revanche revenants revenez revenir revenu revenue reviendra reviendraient
reviennent revient review reviewed revise revised reviser revision revoir revoked revu revue reward rewording rewɓe
ribbon rice rich rifle right rire risk risque rit river riveraines riviere riz riziere road role rompre rompue room
rope rot roule roulent round routes routiers rouvert rouverte rouvre rouvrir rouvriraient row ruban rule rumeur
rumour run running rural sabi sable sabu sac sachant sache sack sad sadly safe safer safety sages said sains sais
saisi saisie saisissent saisit saison sait salaire salary salee saluer salut same sanction sanctionner sandales sang
sanji sante sariya sat satisfaction sauvee sauvegarder savaient savais savait save saved savent savez savings savoir
savon saw say saying scarcity scelle scellee sceller scellez schema school scinde scindee scission scolaire screen
seal sealed seance search season seasonal seat seaux sec seche sechoir second seconde secondly secours secret
secrete secteur section securiser securite security see seeing seems seen seized seizes sel seldom select selected
selection selectionnez self sell seller semaine semble seme semestre send sending sens sensibiliser sensible sent
sentence separately separee separement separer separes sera serait serious serment seront serpents serrure sert
servaient servant serve served servent server serveur servi service servir servira serviront sesame session set
settle settled settlements setup seules seuls several sex sexe share shared sheep sheet shelled shelter shop short
shorten shorter shortly shoulder show showed showing shown sick side siecle siege siegent sieger sien sienne sight
sign signale signalements signaler signataires signatory signature signe signed signee signent signer significatif
signing silence silent silted similar similarly simple simplement simpler simplification simplifie simplifier simply
single sini sisan sit site sitting situation sixieme sixth size slave slavery sleep slept slides slip slow slowly
small smaller smallest smells snapshot soap social sociale societe society socioeconomic software sogoma soi soient
soif soignants soigne soil soin soir sol solaire solar sold solidarite solution somewhere sommaire somme songe sorry
sort sorte sorti sortie sorting sortir souches souder souffle souhait souhaitable souhaitent soulage soulagee
soulagement soulevee soumis soumise soupcon source soutenir soutenu soutien soutient souvenir souviennent souvient
space speak speaking specific specifique speech speeches speed spelling spent split spoilt spoke spoken spokesperson
spot spread spy square stabilite stamp stance stand start started state stated station stay stayed steals step stick
stolen stone stool stop stopped stopper storage store stored stories stranger strategie street strengthen stroke
strong stub studio study studying subi subie subissent subjectif suffered suffi suffisant suffisante suffisent
suffit suggestion suis suit suite suivant suivante suive suivent suivi suivie suivre suivront sujet suka sukaaɓe sum
suman summaries summarised summary superflu superflue support supported supporteraient suppose suppression supprime
supprimee supprimer sure surely surface surname surprend surtout suspend suspendre suspicion swam synthese sœur
sɛbɛn sɛbɛnni sɛnɛkɛla sɛnɛkɛlaw table tableau taille taire tait take taken taking talked talon tampon tape tapee
taper tapez tard tardif tardive tarpaulin taste taught tax taxe taxed taxer tea teach teacher teaches team
techniques telephone telephonent tell telles telling tels temoignage temoigne temoignent temoigner temoin temps
tenable tenaient tendance tenez tenir tension tentative tente tenu tenue terme termine terminee terms terrain terres
tested testified testify testimonies testimony tete text texte thank theirs theme themselves therefore thing think
third threat threaten threatened throw thrown thumb ticked tie tien tiendra tiennent tient tiers tile time tired
tirer tiret tiroir title titre tiɲɛ told tombe tombent tomber tontine took tool top topic torn tort tot total
totalement touche touchee tour tourne tournee tourner tournez toussent tousser towns trace track trade trader
traditional traditionnels traducteur traduction traduire traduis traduit traduite trahirait train traine trained
training trait traitee traitement traiter trajet trampled tranche trancher transcript transcription transfere
transfert transhumance transition translate translated translation translator transmet transmettre transmis
transmitter transparence transport travail travaillais travaille travaillent travailler travaux travelled travelling
travels traverse traverser treat treated trees trial tribunal tried trier tries trimestre troisieme trompe trompee
trou trouee troupeau trouvaille trouve trouvent trouver trouvons true trust truth try tue tueurs tuma turban turn
turned twice type typed typing typo unanime unanimite unannounced unanswered unarmed unclear understand understood
undo undone unfair unfortunately ungrateful unguarded unifier uniform uniforme unify union unir unit unite unknown
unless unlocked unnecessary unreadable unrealistic unsafe unsure update upkeep upstairs urban urgence urgent urgente
usage usagers use used useful useless user usually utile utilisateur utilise utilisee utiliser utilite vacancies
vaccin vaccinate vaccination vacciner vaccines vache vague vaillants vaille vais valait valeur valiant validation
valide validee valider valoriser variante various vas vaut vecu vecue veillant veille venaient venait vend vendait
vendent vendeuse vendre vendu venez vengeance venir vente venu venue verb verbal verdict verifiable verification
verifie verified verifient verifier verifiez verify verite verre verrez verrouillage verrouille verrouillee
verrouillent verrouiller verser version verso very veuille veulent veut veux victim victime vide videos videz vie
vieille viendra vienne viennent viens vient vierge vieux view vigilance vigueur village-level villagers ville
violation violence violent virgule visage visee viser visible visiblement visit visite visited visiter vit vite vive
vivent vivre vocal vocaux voice voie voient voir voisinage voisines voisins voit voiture voix vol vole volee volonte
volontiers vont vote voted votees votres vouched voudraient voudrais voudrait voulais voulait voulez voulons voulu
voyage voyageurs voyaient voyez vrai vraie vraisemblablement vue vus w waati wage wait waiting walima walk walking
wall walla want wanted war wari warn watch water watering way weak weapon weariness wears weather wedding week
weekly weighs welcome weld wells went wet whatever wherever wide widows willing willingly wind window wire wish
withdraw withdrawn withdrew witnesses woman word worded wording work worked worker working worse worth worɓe wound
wounded wrestling write writing written wrong wrongly wrote wula wuro y yard yearly yeux yield yimɓe young younger
yours yourself youth yɔrɔ yɔrɔw zone ɓe ɗon ɗoo ɗum ɗuum ɲininkali ɲɛfɛ
""")
