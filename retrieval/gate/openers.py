"""Common English words that open a sentence, where their capital makes no name of them. Only a list."""

from __future__ import annotations

from retrieval.gate.markers import listed
from retrieval.gate.words import stems_of

_OPENERS = """
a about above according across additionally admittedly after afterwards again against ago all allegedly
almost along already
also although always am amid among an and another any anybody anyone anything apart apparently are
aren't around as aside at
away back because been before behind being below beneath beside besides between beyond both briefly but
by can can't cannot
certain certainly clearly come compared concerning considering consequently contrary could crucially
currently despite did
didn't do does doesn't doing don't down due during each earlier early either else elsewhere enough
especially essentially even
eventually ever every everybody everyone everything everywhere evidently exactly except facing far few
fewer finally first
following for former formerly fortunately from further furthermore generally given giving go going
gradually had hadn't half has
hasn't have haven't having he he's hence her here hers herself him himself his historically how however
i i'm if immediately
importantly in including increasingly indeed initially inside instead interestingly into is isn't it
it's its itself just
largely last late lately later latest least less let like likewise little long look mainly many may
maybe me meanwhile merely
might mine more moreover most mostly much must my myself namely near nearby nearly necessarily neither
never nevertheless new
next no nobody none nonetheless nor normally not notably nothing now nowhere obviously occasionally of
off officially often old
on once one ones only onto or originally other others otherwise our ours out outside over overall
overnight owing own
particularly partly past per perhaps personally plus possibly presumably previous previously primarily
prior probably provided
quite rather really recent recently regarding regardless reportedly roughly said same say says second
see seen several shall she
shortly should significantly similar similarly simply since so some somebody someone something sometimes
somewhat soon
specifically still subsequently such suddenly sure surely that that's the their them then there
thereafter therefore these they
third this those though through throughout thus till to today together tomorrow tonight too total toward
towards traditionally
turning two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundreds
thousands millions dozens
typically ultimately under underneath unfortunately unless unlike until up upon us usually various very
via was wasn't we
well were weren't what whatever when whenever where whereas wherever whether which while who whoever
whole whom whose why widely
will with within without won't would yes yesterday yet you your yours yourself
academics accidents accusations act action actions activists activity actor actors actress added adding
administration
administrators admission adults adviser advisers advisors advocates agencies agency agents agreement
agreements aid aides air
aircraft airline airlines airport airports allegation allegations allies amount analysis analysts
animals announcement answers
app apps applicants applications approval area areas argument arguments army arrest arrests art article
artists asked assets
assistance association athletes attack attacks attempts attendance attendees attention attorney
attorneys audience audiences
author authorities authority authors award awards babies bail ballots ban bank bankers banks based
battle beaches benefits bill
billionaire bills birds black board boats bodies body bombs bond bonds book books border borders boys
brands british broadcasters
budget building buildings bus buses business businesses buyers cabinet calls campaign campaigners
campaigns candidate candidates
cards care cars case cases cash casualties celebrities central ceo change changes charge charges
charities charity chief child
children cities citizen citizens civilians claims class classes clients climate closing clothes clubs
coach coaches coal coalition
code colleagues college colleges comment commentators comments commission commissioners committee
communities community companies
company competition competitors complaints concern concerns conditions conference conflict consumer
consumers contract contracts
contractors control conversations copies cost costs council councillors councils counsel counties
countries country county couple
couples court courts coverage crews crime crimes criminal crisis critics crowd crowds cuts cyclists
damage data deal deals death
deaths debate debt decision decisions defence defendants defense delays delegates delegations deliveries
demand demands democracy
demonstrators department departments deputies design designers detail details detectives developers
development developments device
devices diplomats director directors disease dishes disruption divers doctors document documents dogs
doses dozens drivers drones
drug drugs earnings earthquake economic economists economy editors education effects efforts elected
election elections electricity
emergency emissions employees employers employment energy engineers entire entrepreneurs
environmentalists equipment estimates
evacuations events evidence example examples exchange executives exercise experience experiences experts
explosions exports eyewitnesses
fact factories factory failure families family fans farmers fashion father fears features federal fees
female festival fighters
fighting figures film filmmakers films final finance financial findings fire firearms firefighters fires
firm firms fish flames
flight flights flooding floods flooring food football forces forecasters foreign forests founder
founders free friends fuel full
fund funding fundraisers funds funeral future game games gas gender generations girls global goals good
goods government governments
governor governors grants ground group groups growers growth guests guidelines guns hackers harvest
health hearings heat heavy help
high higher historians history holders holidays home homeowners homes hospital hospitals hosts hotels
house households houses housing
human hundreds hunters husband images immigrants immigration impact import imports incidents income
independent individuals industries
industry infections inflation information infrastructure injuries inmates inquiry insiders inspectors
institutions insurance insurers
intelligence interest international interviews investigation investigations investigators investment
investments investors issues items
jobs journalists judge judges jurors jury justice keepers key kids killings knowledge labor labour land
landlords large larger law
lawmakers laws lawsuit lawsuits lawyer lawyers lead leader leaders leadership leading league legal
legislation legislators lenders
letters levels liberal libraries life lines links loans lobbyists local locals long lots low lower
machines major majorities male man
management managers manufacturers manufacturing market markets matches materials matters mayor mayors
measures media medical members
memories men merchants message messages messaging migrants migration military militants militias miners
minister ministers ministries
ministry missiles mob mobile models modern money monthly mortgage mother mothers motorists mourners
movement movies murder museums
music musicians names national nations negotiations negotiators neighbors neighbours network networks
news newspapers nights nominees
non nuclear number numbers nurses observers occupants offenders offering offers office officers official
officials oil online
operation operations operators opinion opponents opposition orders organisation organisations organisers
organizations organizers
organization ownership owners pages painting paramedics parents parliament parties partners parts party
passengers patients pay payment
payments peace pedestrians pensioners pensions people percent performances performers period permission
pharmacists photo photographers
photographs photos physicians pictures pilots place places plan plane planes planners plans plants play
players police policies policy
political politicians politics poll polling polls pollsters pollution poor population ports positions
possible power powerful practice
premier pregnant presidential president press pressure price prices prime prior prison prisoners prisons
private prize problems
proceedings producers product production products professor professors profit profits program programme
programmes programs progress
project projects property proponents proposals prosecution prosecutors protection protest protesters
protests public publishers pupils
purchases quarterly questions race radio rail rain rates raw readers real rebels records recovery
referees reforms refugees regional
regulators relations relatives religious remarks rent renters repairs report reporters reports
representatives republicans rescue
rescuers research researchers residents respondents responders response responses restaurants
restrictions results retail retailers
revenue revenues reviews rice riders rights rising risk risks rivals road roads rules runners rural
safety salaries sales sanctions
school schools science scientists scores scouts security sellers senators senior sentencing separate
series services settlement
severe shareholders shares ships shoppers shops shortages shots show shows signs singer singers sites
situation skiers small social
society software soldiers songs source sources space speaker speakers species spectators speculation
speeches speed spending
spokespeople spokesman spokesperson spokeswoman sponsors sport sports staff staffers stars start state
statement statements states
station statistics steps stocks stock stores storms story strategists streets strikers strikes strong
structures student students
studies study subscribers supplies supply support supporters surveys survivors suspects swimmers systems
talks targets tariffs task
tax taxes taxpayers teachers teaching team teams technicians technology teenagers teens television
temperatures tenants tensions terms
tests texts theories things threats tickets tickets time times tests tools tourism tourists towns toxic
trade traders trading traffic
trainers trains travel travelers travellers treatment treaty turnout trees trial troops truck trucks trust
typical umpires unemployment union
unions unit unknown urban users vaccination vaccinations vaccine vaccines value vehicles veterans victim
victims video videos viewers
views vigils villagers visa visas visitors volunteers vote voters votes voting wages walkers war
warnings warring watchdogs water waves
weapons weather websites wedding weeks western whistleblowers wife wildfires wildlife winds winners
winning witnesses woman women words
work worker workers working works world writers writing years young younger youth zoo
accused announced appearing arguing asked being born built called calling carrying citing combined
declining describing
designed driven ending entering expected faced filed founded having hit hosted hundreds including insisting
joined killed known launched leaving led located looking made making meeting moving named noting paid
playing posting prompted
published pushed putting raised reached reading referring released representing responding running
sending set sitting speaking
standing starting taking talking thanks thinking told touted trying used using visiting waiting walking
warning watching wearing
winning worried worth written
"""
COMMON = stems_of(_OPENERS) | listed(_OPENERS)
