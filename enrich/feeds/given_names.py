"""Common given names of many cultures, which distinguish a person from a topic. Pure.

The names are from lists of frequent names that national statistics offices publish. Latin names are folded
to ASCII lower case, other scripts are kept. Names that are also common words in titles are left out.
"""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    aaron abdul abdullah abdullahi abena adam adaeze adebayo adel adesh adriaan adrian adriana adrien adwoa
    agata agatha agnes agnieszka ahmad ahmed aicha aida aidan aiko aileen aino aisha aishwarya akash
    akihiro akiko akira alain alan alba albert alberto aldo alejandra alejandro aleksander aleksandr
    aleksandra aleksey alena alessandra alessandro alessia alessio alex alexander alexandra alexandre
    alexandros alexei alexey alexis alfonso alfred alfredo ali alice alicia alina alireza aline alison alissa
    alistair allan allen allison alma alok alvaro amadou amanda amara amelia amelie amina amir amira amit
    amrita amy ana anais anand ananya anastasia anders andre andrea andreas andreea andrei andrej andres
    andrew andrey andrzej andy aneta anette angel angela angelica angelika angelina angelo angus anh anika anil
    anita anja anjali anke ann anna annachiara anna-lena annalisa anne annegret anneke annelies annemarie
    annette annika anouk anselm antal anthony antje antoine anton antonella antonia antonie antonin antonio
    anurag aoife arash archana ari ariana ariel arjun armand armando armin arnaud arne arno arnold aroha arpita
    arthur arto artur arturo arun arvind asa ashish ashley ashwin asif astrid athanasios attila aubrey audrey august
    aurelia aurelie aurelien aurora avi avinash aviv axel ayako ayesha ayse ayumi azadeh aziz babak balazs
    balint barbara barry bart bartosz bas bastian beat beata beate beatrice beatrix beatriz behzad bela
    ben benedetta benedict benedikt benjamin benoit bernadette bernard bernd bernhard bert bertrand bettina
    bianca bilal bill birgit birgitta bjarke bjarni bjoern bjorn bob bogdan bojan boris bozena brad brandon
    brenda brendan brett brian bridget brigitte britta brooke bruce bruno bryan byron caitlin camila camille
    carina carl carla carlo carlos carmen carol carola carolina caroline carolyn carsten caspar catalina
    caterina catherine cathy cecile cecilia cedric celia celine cem cesar chad chandra chandran chantal charles
    charlotte chen chenghao chiara chidi chidinma chihiro chinedu chloe chris christa christel christian
    christiana christiane christina christine christoph christophe christopher chuan cindy claire clara clarissa
    claude claudia claudio claus clemens clement clementine cliff cody colin colette colm conor constance
    constantin constantine cora cordula corinna corinne cornelia cornelis cornelius costas courtney craig
    cristian cristiana cristina cristobal curt cynthia cyril cyrus dae dagmar damian damien dan dana daniel
    daniela daniele danielle danijela danilo danish danny daphne dariusz darya david davide dean debora deborah
    deepa deepak deirdre delphine denis denise dennis derek desmond diana diane didem didier diederik diego
    dieter dilip dimitra dimitri dimitrios dina dinesh dirk divya djamel dmitri dmitrii dmitry dolores dominic
    dominik dominika dominique donald donna dora doreen doris dorota dorothea dorothy doug douglas duc duncan
    dusan dylan eberhard eckhard edgar edith edmund eduard eduardo edward edwin efrat eileen einar
    ekaterina ekin elad elaine elena eleni eleonora eleonore elif elin elina eline elisa elisabeth elise eliza
    elizabeth ella ellen elliot elodie eloise elsa else elvira emanuel emanuela emeka emil emilia
    emilie emilio emily emma emmanuel emmanuelle emre enrica enrico enrique eoin erasmus eric erica erich
    erik erika erin ernst erwin esra estelle esteban esther eszter ethan etienne eugen eugene eugenia eugenio
    eun eva evan evangelos eve evelyn evelyne evgenia evgeny ewa ewan eyal ezgi fabian fabiana fabien
    fabienne fabio fabrice fabrizio fahad faisal farah farhad farid fatima fatma fatoumata federica federico
    felicia felicity felipe felix ferdinand ferenc fernanda fernando filip filippo finn fiona flora florence
    florent florian florin frances francesca francesco francis francisca francisco franck franco francois francoise
    frank frans franz franziska fred freda frederic frederick frederik frederike fredrik frieder friederike
    friedrich fritz fumiko gabor gabriel gabriela gabriele gabriella gabrielle gaetan gareth gary gaurav gautam
    gavin geir geert gemma genevieve geoffrey george georg georges georgia georgina georgios gerald geraldine
    gerard gerardo gerd gergely gerhard gerrit gert ghassan gian gianluca gianni gideon gijs gilbert gilles gillian
    gina giorgia giorgio giorgos giovanna giovanni gisela giulia giuliana giuliano giulio giuseppe giuseppina
    gloria godfrey goran gordon goro grace graeme graham grazia greg gregor gregoire gregory greta gretchen
    grzegorz guadalupe gudrun guido guilherme guillaume guillermo gulsen gunnar gunter gunther guoqiang
    gustav gustavo guy gyorgy habib hadi haim hakan hakim halina halldora hamid hamza han hana hanna hannah
    hannes hannu hans hans-peter harald hari harold harriet harry haruka haruki haruto hassan hayato hazel heather
    hector heidi heike heiko heiner heinrich heinz helen helena helene helga hella helmut hendrik henk henri
    henriette henrik henrique henry herbert herman hermann hernan herve hideki hideo hilary hilda hila
    hirofumi hiroki hiroko hiromi hiroshi hitoshi holger hong hongyi horacio horst hossein howard hua hubert
    hugh hugo humberto hussein huub hye hyun iain ian ibrahim ida ignacio igor iker ilaria ildar ildiko
    ilias ilka ilya imad iman imran imre ina ines inga inge ingeborg ingo ingrid ioana ioana-maria ioannis ion
    irena irene irina iris irving isaac isabel isabella isabelle ismael ismail istvan itai ivan ivana ivar ivo iwona
    izabela jack jackson jacob jacopo jacqueline jacques jae jae-hyun jaime jake jakob jakub james jamie
    jan jana jane janet janez janghee janice janina janis janos janusz jari jarek jaroslav jasmin jasmine jason
    javier jayant jean jean-baptiste jean-luc jean-marc jean-philippe jean-pierre jeanne jeff jeffrey jelena jelle
    jennifer jenny jens jeremie jeremy jeroen jerome jerry jesper jesse jessica jesus jihoon jill jim jin jing
    jingwen jinwoo jo joachim joan joana joanna joanne joao joaquin joao jochen joe joel joelle joerg joern
    johan johann johanna johannes john johnny jon jonas jonathan jong joost joran jordan jordi jorg jorge
    jorgen jorn jose josef josefina josep joseph josephine joshua joy joyce juan juana judith judy
    juergen juha juhani jules julia julian juliana juliane julianne julie julien juliette julio julius jun jung
    junichi junko jurgen jurgita jussi justin justine justyna jutta kacper kai kaiming kalina kalle kamal
    kamau kamil kamila kana kaori karel karen karim karin karina karl karla karolina karsten kasia kaspar katarina
    katarzyna kate katerina katharina katherine kathleen kathrin kathryn kathy katia katie katja katrin katsuya
    katya kavita kay kazuki kazuo kazuya keiko keith kelly ken kenichi kenji kenneth kenta kent kerstin ketan kevin
    khaled khalid khalil kieran killa kim kimberly kinga kirill kiran kirsten kirsti kjell kjersti klara klaudia klaus
    knut kofi koji kojo konrad konstantin konstantinos kostas krishna kristian kristiina kristin kristina kristine
    kristof krystyna krzysztof kumiko kunihiko kurt kwabena kwame kyle kyoko kyung lajos lakshmi lalit lara
    larissa larry lars lasse laszlo laura laure laurence laurent lauri lawrence layla lea leah leandro lech
    leif leila leilani lena lennart leo leon leona leonard leonardo leonid leonie leonor leopold leslie leszek
    leticia lev lewis li lia liam lidia liesbeth lieven lila lilia lilian liliana lilly lin lina linda lindsay
    linh linnea linus lionel lisa lisbeth liselotte lise liv livia liz lluis loic lola lore lorena lorenz
    lorenzo loretta lorraine lothar lotte lou louis louisa louise luca lucas lucia lucian luciana luciano lucie
    lucien lucille lucy ludek ludmila ludovic ludwig luigi luis luisa luiz lukas lukasz luke luong luz lwazi
    lydia lyn lynn maarten mabel maciej madeleine magali magda magdalena magnus mahdi mahesh mahmoud
    maja majid malcolm malek malgorzata malik malin manfred manish manoj manon manuel manuela mara marc
    marcel marcela marcella marcelo marcin marco marcos marcus marek margaret margareta margarida margarita
    margherita margit margot margret marguerite mari maria marian mariana marianna marianne marie
    marie-claire marija marijke marika marilena marilyn marina marine mario marion marisa marissa marit mariusz marjan
    marjolein marko markus marlene marta martha martijn martin martina martine mary maryam maryse masahiro masaki
    masako masao masato massimo mateo mateusz mathew mathias mathieu mathilda mathilde matias matilda
    matilde matt matteo matthew matthias matthieu matthijs maud maura maureen maurice mauricio maurizio
    mauro max maxim maxime maximilian maya megan mehdi mehmet mei meike melanie melina melissa melvin menno
    merav mercedes meredith merete meryem mette mia michael michaela michal michel michela michele michelle
    michiel michihiro midori miguel mihaela mihai mijung mika mikael mikhail mikko milan milena milica millie
    milos min mina ming minh minna minseok mirco mireia mireille miriam mirjam mirko miro miroslav misaki mitchell
    mitsuru miyuki moana mohamed mohammad mohammed mohan mohit moira mona monica monika monique morgan moritz
    morten moses moshe muhammad mukesh murat musa mustafa myriam nabil nadia nadine nadja nagisa naima nancy nao
    naoki naoko naomi narges nasser natalia natalie natasha nathalie nathan nathaniel naveen neal
    neha neil nele nelson nevena ngozi ngoc nguyen nicholas nick nicola nicolas nicole nicoletta niels nigel
    nikita nikhil niklas niko nikola nikolai nikolaos nikolaus nikolay nikos nils nina nino nisha nitin nnamdi noa
    noah noam nobuko noel noelle noemi noemie nomvula nora norbert norma norman noura nozomi nuno
    oana octavian octavio odd odette odile olaf olav ole oleg oleh oleksandr oleksii olena olga oliver
    oliver olivia olivier olof oluwaseun oluwaseyi omar omer omid oriol orla orlando oscar oskar osman osvaldo oswald
    otto owen ozlem pablo paivi palesa pamela panagiotis paola paolo paraskevi parisa pascal pascale pat
    patrice patricia patricio patrick patrik patrizia pau paul paula paulina pauline paulo pavel pavlos pawel
    pedro peggy pekka penelope per percy perla pernille petar peter petr petra petri petros petter phil philip
    philipp philippa philippe phillip phoebe phuong pia pier pierluigi piero pierre pierre-yves pieter pietro
    pilar piotr piyush pooja prabhakar pradeep prakash pranav prasad prashant prem priscilla priti priya
    quang quentin quoc rachel rachid radek radka radu rafael raffaele rafal raghu rahel rahul raimund
    rainer raissa raj raja rajeev rajesh rajiv rakesh ralf ralph ram rama ramesh rami ramin ramon ramona rana randall
    randy rania ranjit raphael raquel rasmus raul ravi ray raymond razvan rebecca rebekka regina reiko reiner
    reinhard reinhold reka rekha remco remi renata renate renato renaud rene renee reto reza rhea rhys ricarda
    ricardo riccardo richard rick ricky rikke rishi rita rob robert roberta roberto robin robyn rocio rod roderick
    rodney rodolfo rodrigo roger rohan rohit roland rolf roman romain romana ron ronald ronan ronny roope rory
    rosa rosalind rosanna rosario rose-marie rosemary rosie ross roswitha roxana roxanne roy ruben ruchi rudi rudolf
    rui rukmini rupert ruslan russell ruth ryan ryo ryota ryu saad sabina sabine sabrina sachiko sadia saeed safa
    said sakura salim salma salvador salvatore sam samantha samer sami samir samira samuel samuli sana sander sandeep
    sandra sandrine sandro sandy sangeeta sanjay sanjeev sanna sanne santiago sara sarah sari sascha satoko
    satoru satoshi scott sean sebastian sebastiano sebastien seiji selim selina selma serena serge sergei sergey
    sergio seth seung shahar shai sham shane shannon sharon shashi shaun sheena sheila shelley shigeki shilpa
    shin shinichi shira shirley shivani shlomo shoko shreya shruti shubham sibylle siddharth sidney siegfried sigrid
    sigridur silke silvana silvia silvio simon simona simone sina sinead siobhan siri sissel siti sofia sofie
    solange solveig somchai sona song sonia sonja sophia sophie soren soumya srinivas stacey stanislav stanislaw
    stefan stefania stefanie stefano steffen stelios stella sten stephan stephane stephanie stephen steve steven
    stewart stig stijn stine stuart su subhash sudhir sue suhas sujata sukanya sumit sun sunil sunita suresh
    susan susana susanna susanne sushil suzanne suzuki sven svein svenja svetlana swati sybille sydney sylvain
    sylvia sylvie szabolcs szymon tadashi tadeusz taeko taiki takahiro takao takashi takeshi taku takuya tal
    tamar tamara tamas tanja tanvi tanya tariq tatiana tatjana tatsuya taylor ted temur tendai teodor
    terence teresa teresia terje terry tessa thabo thanh thanos thea theo theodor theodora theodore theodoros
    theresa therese thiago thibault thi thierry thijs thilo thomas thorsten thuy tiago tianyi tiffany tijana tilman
    tim timo timothy tina tine tobias todd tom tomas tomasz tommaso tommy tomohiro tomoko tone tony tonya tor
    tore torsten tove tracy tran travis trevor trine tristan tsvetan tuan tuomas tuulia tyler ueli ugo ulf ulla
    ulrich ulrika ulrike umberto umesh umut ursula urszula uta ute uwe vaclav vadim valentin valentina valeria
    valerie valerio valery van vanessa vasileios vasilis veera veronica veronika veronique vesna vicente vicky
    victor victoria vidya vijay vikas vikram viktor viktoria vinay vincent vincenzo vinod viola violeta
    virginia virginie vishal vit vittoria vittorio vivek vivian vivien viviana vlad vladimir vojtech volker volodymyr
    waldemar walter wambui wanda wanjiku wassim wataru wayne wei wei-lun weiwei wen wendy wenjing wenli
    werner wiebke wiktor wilfried wilhelm will willem willemijn willi william willy wim winfried wojciech wolfgang
    wouter xavier xavi xi xiao xiaohui xiaoyu xin ximena xu yaa yael yan yana yannick yang yann yannis yara yasmin
    yasmine yasuhiro yasuo ye yehuda yi yifan ying yitzhak yixin yoann yogesh yoko yolanda yonatan yong yoram
    yosef yoshiko yoshua you young ysabel yu yuan yue yuichi yuki yukiko yuko yulia yun yuri yuriy yusuf yuta yuto
    yvan yves yvette yvonne zach zachary zahra zainab zakaria zaneta zbigniew zdenek zeev zeljka zeljko zeynep zhang
    zhen zheng zhi zhong zita zoe zofia zohar zoltan zoran zsofia zsolt zuzana zuzanna
    signe betty debra lauren abigail beverly brittany kayla lori freja gunilla mikkel kasper torbjorn hakon haakon eirik oystein
    randi turid berit kari tuva ragnhild ragnar bjarne joakim ebba jouni jukka antti matti kirsi tiina outi riikka eero
    """.split()  # noqa: SIM905 - reads as the list it is
)
"""Given names in Latin letters, folded."""

GIVEN_NAMES_ELSEWHERE = frozenset(
    """
    александр александра алексей алиса алла анастасия анатолий андрей анна антон артём артем борис вадим
    валентин валентина валерий василий вера виктор виктория виталий владимир владислав вячеслав галина георгий
    григорий дарья денис дмитрий евгений евгения екатерина елена елизавета иван игорь илья ильдар ирина кирилл
    константин ксения лариса лев леонид людмила максим марина мария михаил надежда наталия наталья никита николай
    оксана олег олександр олексій олена ольга павел полина роман светлана сергей сергій софия станислав степан
    тарас татьяна тимур фёдор юлия юрий яна ярослав
    αλέξανδρος αναστασία ανδρέας άννα αντώνης βασίλης γεωργία γιάννης γιώργος δημήτρης ελένη ειρήνη ευάγγελος
    κατερίνα κώστας κωνσταντίνος μαρία μιχάλης νίκος νικόλαος παναγιώτης σοφία σπύρος χρήστος
    """.split()  # noqa: SIM905
)
"""Given names in Cyrillic and Greek letters, in lower case."""

HAN_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文張劉陳楊趙黃吳孫羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾陸龔賴喬錢湯"
)
HANGUL_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구"
)
