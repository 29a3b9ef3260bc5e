"""Pairs of evidence and statement, written by hand: what must pass the gate, and what it must stop."""

from __future__ import annotations

from retrieval.gate import Reason

FAITHFUL = [
    (
        "The law does not require shops to close on Sundays.",
        "Shops need not close on Sundays.",
    ),
    (
        "The company sold 1,200 cars for $3bn in 2024.",
        "The company sold 1200 cars for 3 billion dollars in 2024.",
    ),
    (
        "Twelve hundred people attended the rally in Leeds.",
        "The rally in Leeds was attended by 1,200 people.",
    ),
    (
        "Prices rose 10 percent in the year to March.",
        "Prices rose by 10% in the year to March.",
    ),
    (
        "Prices rose ten per cent in the year to March.",
        "Prices rose 10% in the year to March.",
    ),
    (
        "The bridge is 2.4 kilometres long, the ministry said.",
        "According to the ministry, the bridge is 2.4 km long.",
    ),
    (
        "The treaty was signed on Oct. 2, 2025, in Moscow.",
        "The treaty was signed in Moscow on 2 October 2025.",
    ),
    (
        "The treaty was signed on 2025-10-02 in Moscow.",
        "The treaty was signed in Moscow on October 2, 2025.",
    ),
    (
        "The ferry sank on Tuesday off the coast of Crete.",
        "The ferry sank off the coast of Crete on 14 October 2025.",
    ),
    (
        "The shop opens at 9 p.m. on Fridays in Lund.",
        "In Lund, the shop opens at 21:00 on Fridays.",
    ),
    (
        "A total of 1,213,000 tourists visited Malta last year.",
        "About 1.2 million tourists visited Malta in 2024.",
    ),
    (
        "A total of 1,213,000 tourists visited Malta last year.",
        "More than 1.2 million tourists visited Malta last year.",
    ),
    (
        "The storm killed 5 and wounded 12 in Manila.",
        "In Manila, the storm wounded 12 and killed 5.",
    ),
    (
        "Two thirds of voters backed the mayor in the ballot.",
        "Two-thirds of voters backed the mayor in the ballot.",
    ),
    (
        "Robinson, 22, was arrested in Utah on Thursday.",
        "The 22-year-old Robinson was arrested in Utah on Thursday.",
    ),
    (
        "Emmanuel Macron arrived in Beirut. Macron met the families of the victims.",
        "Macron met the families of the victims.",
    ),
    (
        "The European Union agreed to new sanctions on Russia.",
        "The EU agreed to new sanctions on Russia.",
    ),
    (
        "The World Health Organization declared the outbreak over.",
        "The WHO declared the outbreak over.",
    ),
    (
        "Forces of Russia left the town of Izium at dawn.",
        "Russian forces left the town of Izium at dawn.",
    ),
    (
        "The U.S. Senate passed the bill by 51 votes to 49.",
        "The United States Senate passed the bill by 51 votes to 49.",
    ),
    (
        "The vaccine against Covid-19 was approved in Britain.",
        "The COVID-19 vaccine was approved in the UK.",
    ),
    (
        "Volodymyr Zelenskyy visited Warsaw and spoke to students.",
        "Zelensky visited Warsaw and spoke to students.",
    ),
    (
        "Acme sued Globex over a patent on batteries in Texas.",
        "Globex was sued by Acme in Texas over a patent on batteries.",
    ),
    (
        "Globex was sued by Acme over a patent on batteries.",
        "Acme sued Globex over a patent on batteries.",
    ),
    (
        "“The bridge is safe,” Mayor Ada Lund said on Monday.",
        "Mayor Ada Lund said on Monday that the bridge is safe.",
    ),
    (
        "The bridge is safe, according to Mayor Ada Lund.",
        "Mayor Ada Lund said the bridge is safe.",
    ),
    (
        "Ada Lund and Bo Ek won the prize for their novel.",
        "Bo Ek and Ada Lund won the prize for their novel.",
    ),
    (
        "Norway met Sweden in the final in Oslo on Sunday.",
        "Sweden met Norway in the final in Oslo on Sunday.",
    ),
    (
        "The minister did not attend the summit in Rome.",
        "The minister didn't attend the summit in Rome.",
    ),
    (
        "The council failed to approve the budget for 2026.",
        "The council did not approve the budget for 2026.",
    ),
    (
        "No injuries were reported after the fire in the mill.",
        "The fire in the mill caused no injuries.",
    ),
    (
        "The bank may cut rates in June, analysts said.",
        "Analysts said the bank might cut rates in June.",
    ),
    (
        "The firm plans to open a plant in Turin in 2026.",
        "The firm will open a plant in Turin in 2026.",
    ),
    (
        "He allegedly stole three paintings from the museum.",
        "He is accused of stealing three paintings from the museum.",
    ),
    (
        "She was not convicted, but she was fined 500 euros.",
        "She was fined 500 euros.",
    ),
    (
        "Although the bill did not pass in May, it passed in June.",
        "The bill passed in June.",
    ),
    (
        "Police said the man was arrested near the station.",
        "The man was arrested near the station, police said.",
    ),
    (
        "The museum, which was built in 1911 and holds 40,000 works, reopened on Saturday after "
        "two years of repairs.",
        "The museum reopened on Saturday after two years of repairs.",
    ),
    (
        "The court upheld the ban. It takes effect in January.",
        "The court upheld the ban, which takes effect in January.",
    ),
    (
        "Россия и Иран подписали договор 2 октября 2025 года.",
        "Договор подписали Россия и Иран 2 октября 2025 года.",
    ),
    (
        "El presidente no asistió a la cumbre de Roma el martes.",
        "El martes, el presidente no asistió a la cumbre de Roma.",
    ),
    (
        "Der Vertrag trat am 2. Oktober 2025 in Kraft.",
        "Am 2. Oktober 2025 trat der Vertrag in Kraft.",
    ),
    (
        "Le traité est entré en vigueur le 2 octobre 2025.",
        "Le traité est entré en vigueur le 2 octobre.",
    ),
    (
        "条约已于2025年10月2日生效。",
        "条约于2025年10月2日生效。",
    ),
    (
        "پیمان راهبردی در دوم اکتبر ۲۰۲۵ به اجرا درآمد.",
        "پیمان راهبردی در دوم اکتبر 2025 به اجرا درآمد.",
    ),
    (
        "Storm Elin killed at least 14 people in northern Portugal on Tuesday night, the interior "
        "ministry said.",
        "At least 14 people were killed by Storm Elin in northern Portugal on Tuesday night, the "
        "interior ministry said.",
    ),
    (
        "The Federal Reserve cut its benchmark rate by a quarter of a percentage point on "
        "Wednesday, its second cut this year.",
        "On Wednesday the Federal Reserve cut its benchmark rate by a quarter of a percentage point.",
    ),
    (
        "Apple said it would invest $500 billion in the United States over four years and hire "
        "20,000 people.",
        "Apple said it will invest $500bn in the US over four years.",
    ),
    (
        "Prosecutors allege that Mendez laundered more than €2m through a restaurant in Valencia.",
        "Mendez allegedly laundered more than 2 million euros through a restaurant in Valencia, "
        "according to prosecutors.",
    ),
    (
        "“I did not sleep for two days,” said Maria Lopes, 63, whose house lost its roof.",
        "Maria Lopes, 63, whose house lost its roof, said she did not sleep for two days.",
    ),
    (
        "“I did not sleep for two days,” said Maria Lopes, 63, whose house lost its roof.",
        "“I did not sleep for two days,” Maria Lopes said.",
    ),
    (
        "The treaty does not contain a mutual-defence clause. Neither side must fight if the other "
        "is attacked.",
        "The treaty has no mutual-defence clause.",
    ),
    (
        "The treaty commits both countries to cooperate on security for 20 years, but it stops "
        "short of a military alliance.",
        "The treaty commits both countries to security cooperation for 20 years.",
    ),
    (
        "Unemployment fell to 5.8 percent in September from 6.1 percent a month earlier.",
        "Unemployment fell from 6.1% to 5.8% in September.",
    ),
    (
        "Turnout was 61.2 percent, down from 64 percent four years ago.",
        "Turnout was 61.2%.",
    ),
    (
        "Hungary's parliament voted 133 to 41 to approve Sweden's bid to join NATO.",
        "Hungary's parliament approved Sweden's bid to join NATO by 133 votes to 41.",
    ),
    (
        "The drug reduced deaths by 23 percent compared with a placebo in a trial of 1,032 adults.",
        "In a trial of 1,032 adults, the drug cut deaths by 23 percent compared with a placebo.",
    ),
    (
        "Lund, who has led the agency since 2019, will step down in March.",
        "Lund will step down in March after leading the agency since 2019.",
    ),
    (
        "The EU's top court ruled on Thursday that Poland must pay a fine of 70 million euros.",
        "Poland must pay a 70 million euro fine, the EU's top court ruled on Thursday.",
    ),
    (
        "Tesla delivered 497,099 vehicles in the third quarter, a record.",
        "Tesla delivered nearly 500,000 vehicles in the third quarter.",
    ),
    (
        "The mayor rejected calls to resign on Monday.",
        "On Monday, the mayor refused to resign.",
    ),
    (
        "No one was injured in the fire, which broke out at 3 a.m. in the kitchen.",
        "The fire broke out in the kitchen at 3 a.m. and injured no one.",
    ),
    (
        "Ukraine said it shot down 40 of the 58 drones launched overnight by Russia.",
        "Russia launched 58 drones overnight, of which 40 were shot down, Ukraine said.",
    ),
    (
        "Iran's president, Masoud Pezeshkian, and Vladimir Putin signed the pact in Moscow in January.",
        "Vladimir Putin and Masoud Pezeshkian signed the pact in Moscow in January.",
    ),
    (
        "The price of a ticket will rise from 2.40 to 2.80 euros in January, the operator said.",
        "The operator said the ticket price will go up to 2.80 euros in January.",
    ),
    (
        "Experts warn the glacier could disappear by 2050.",
        "The glacier could disappear by 2050, experts warn.",
    ),
    (
        "Jane Goodall, the British primatologist, has died aged 91, her institute announced on Wednesday.",
        "Jane Goodall has died at the age of 91, her institute announced.",
    ),
    (
        "France's Constitutional Council struck down three articles of the law on Friday.",
        "On Friday, the Constitutional Council of France struck down three articles of the law.",
    ),
    (
        "Volunteers counted 12,740 cranes at Lake Sorn. That is the highest figure since 2011.",
        "Volunteers counted 12,740 cranes at Lake Sorn, the highest figure since 2011.",
    ),
    (
        "The river reached 3.4 metres at Pell Lock on Friday. The agency expects the peak on "
        "Saturday evening.",
        "The river reached 3.4 metres on Friday, and the agency expects it to peak on Saturday evening.",
    ),
    (
        "Attacks fell by 23 percent in the treated group.",
        "In the treated group, attacks decreased by 23 percent.",
    ),
    (
        "It was released on 8 February 1993 as his debut single.",
        "It came out as his debut single on February 8, 1993.",
    ),
    (
        "Toyota recalled 1.2 million cars worldwide because of faulty airbags.",
        "About 1.2 million cars were recalled by Toyota because of faulty airbags.",
    ),
    (
        "Chile's copper output fell 7 percent in August from a year earlier to 423,600 tonnes, the "
        "statistics agency INE reported.",
        "According to INE, Chile's copper output fell 7% year on year in August, to 423,600 tonnes.",
    ),
    (
        "The European Central Bank left its deposit rate unchanged at 2 percent on Thursday.",
        "On Thursday the ECB kept its deposit rate at 2%.",
    ),
    (
        "Two hikers missing since Sunday were found alive on Tuesday by a rescue helicopter near Chamonix.",
        "A rescue helicopter found two missing hikers alive near Chamonix on Tuesday.",
    ),
    (
        "Boeing will pay $1.1bn under a deal that spares it from criminal prosecution, the Justice "
        "Department said on Friday.",
        "Boeing will pay $1.1 billion under a deal sparing it criminal prosecution, the Justice "
        "Department said.",
    ),
    (
        "The government has not ruled out raising the retirement age to 68.",
        "The government has not ruled out a rise in the retirement age to 68.",
    ),
    (
        "The study followed 3,400 nurses for ten years and found that night shifts raised the risk "
        "of diabetes by a fifth.",
        "A study of 3,400 nurses over ten years found that night shifts raised the risk of diabetes.",
    ),
    (
        "Wales beat Scotland 24-17 in Cardiff on Saturday for their first win in 18 matches.",
        "Wales won 24-17 against Scotland in Cardiff on Saturday.",
    ),
    (
        "Finland closed its last border crossing with Russia in December 2023.",
        "In December 2023, Finland closed its last border crossing with Russia.",
    ),
    (
        "Maria Chen, who chairs the committee, called the report “deeply troubling”.",
        "Committee chair Maria Chen called the report “deeply troubling”.",
    ),
    (
        "The ship had 23 crew on board, 19 of whom were rescued.",
        "Of the 23 crew on board, 19 were rescued.",
    ),
    (
        "Heathrow handled 83.9 million passengers last year, a record.",
        "Heathrow handled a record 83.9 million passengers in 2024.",
    ),
    (
        "Netflix shares rose 11 percent after it added 5 million subscribers.",
        "After it added 5 million subscribers, Netflix shares rose 11%.",
    ),
    (
        "The earthquake struck at 6:42 a.m. local time, 30 kilometres west of Oaxaca.",
        "The earthquake struck 30 km west of Oaxaca at 6.42am local time.",
    ),
    (
        "La inflación bajó al 2,9 por ciento en septiembre, según el INE.",
        "Según el INE, la inflación bajó al 2,9 % en septiembre.",
    ),
    (
        "Der Bundestag billigte am Freitag den Haushalt für 2026 mit 318 zu 274 Stimmen.",
        "Am Freitag billigte der Bundestag mit 318 zu 274 Stimmen den Haushalt für 2026.",
    ),
    (
        "Le gouvernement a annoncé mardi une hausse de 3 % du salaire minimum.",
        "Mardi, le gouvernement a annoncé une hausse du salaire minimum de 3 %.",
    ),
    (
        "Президент подписал указ о повышении пенсий на 7,5 процента.",
        "Указ о повышении пенсий на 7,5 % подписал президент.",
    ),
    (
        "Police said they had found no evidence of foul play.",
        "No evidence of foul play was found, police said.",
    ),
    (
        "The plant employs 1,400 people and makes engines for Ford.",
        "The plant makes engines for Ford and employs 1,400 people.",
    ),
]

ALTERED = [
    (
        "The company sold 1,200 cars in 2024.",
        "The company sold 12,000 cars in 2024.",
        Reason.NUMBER,
    ),
    (
        "The storm killed 5 and wounded 12 in Manila.",
        "The storm killed 12 and wounded 5 in Manila.",
        Reason.ROLES,
    ),
    (
        "5 people were killed, 12 were wounded in Manila.",
        "12 people were killed and 5 wounded in Manila.",
        Reason.ROLES,
    ),
    (
        "Prices rose 10 percent in March.",
        "Prices rose 10 percentage points in March.",
        Reason.UNIT,
    ),
    (
        "The deal is worth $3 billion, Acme said.",
        "The deal is worth 3 billion euros, Acme said.",
        Reason.UNIT,
    ),
    (
        "The road is 40 miles long and was built in 1970.",
        "The road is 40 km long and was built in 1970.",
        Reason.UNIT,
    ),
    (
        "At least 12 people died in the crash near Lyon.",
        "Fewer than 12 people died in the crash near Lyon.",
        Reason.ROUNDING,
    ),
    (
        "The town has 48,000 inhabitants and two schools.",
        "The town has more than 50,000 inhabitants.",
        Reason.ROUNDING,
    ),
    (
        "The town has 48,000 inhabitants and two schools.",
        "The town has two schools and a hospital with 300 beds.",
        Reason.NUMBER,
    ),
    (
        "Norway beat Sweden 3-1 in the final in Oslo.",
        "Norway beat Sweden 1-3 in the final in Oslo.",
        Reason.ROLES,
    ),
    (
        "She finished second in the race in Nice.",
        "She finished third in the race in Nice.",
        Reason.NUMBER,
    ),
    (
        "Hundreds of people marched in Quito on Friday.",
        "Thousands of people marched in Quito on Friday.",
        Reason.NUMBER,
    ),
    (
        "The treaty was signed on Oct. 2, 2025, in Moscow.",
        "The treaty was signed on 3 October 2025 in Moscow.",
        Reason.DATE,
    ),
    (
        "The ferry sank on Tuesday off Crete.",
        "The ferry sank off Crete on Wednesday.",
        Reason.DATE,
    ),
    (
        "The law was passed in 2019 and repealed in 2023.",
        "The law was passed in 2023 and repealed in 2019.",
        Reason.ROLES,
    ),
    (
        "Work began in May and ended in July at the port.",
        "Work began in July and ended in May at the port.",
        Reason.ROLES,
    ),
    (
        "The shop opens at 9 p.m. on Fridays in Lund.",
        "The shop opens at 9 a.m. on Fridays in Lund.",
        Reason.NUMBER,
    ),
    (
        "Acme sued Globex over a patent in Texas.",
        "Globex sued Acme over a patent in Texas.",
        Reason.ROLES,
    ),
    (
        "Acme sued Globex over a patent in Texas.",
        "Acme was sued by Globex over a patent in Texas.",
        Reason.ROLES,
    ),
    (
        "Norway defeated Sweden in the final on Sunday.",
        "Sweden defeated Norway in the final on Sunday.",
        Reason.ROLES,
    ),
    (
        "Ada Lund replaced Bo Ek as head of the agency.",
        "Bo Ek replaced Ada Lund as head of the agency.",
        Reason.ROLES,
    ),
    (
        "Iran bought the drones from Turkey in the spring.",
        "Iraq bought the drones from Turkey in the spring.",
        Reason.NAME,
    ),
    (
        "The minister met Macron in Paris on Monday.",
        "The minister met Merkel in Paris on Monday.",
        Reason.NAME,
    ),
    (
        "The talks were held in Geneva, officials said.",
        "The talks were held in Vienna, officials said.",
        Reason.NAME,
    ),
    (
        "The G7 agreed on a cap for the price of oil.",
        "The G8 agreed on a cap for the price of oil.",
        Reason.NAME,
    ),
    (
        "John Brown met Mary Smith at the airport in Cork.",
        "John Smith was at the airport in Cork.",
        Reason.NAME,
    ),
    (
        "The minister did not attend the summit in Rome.",
        "The minister attended the summit in Rome.",
        Reason.NEGATION,
    ),
    (
        "The treaty does not oblige Arvel to defend Dorn, or Dorn to defend Arvel.",
        "Arvel must defend Dorn.",
        Reason.NEGATION,
    ),
    (
        "Shops are not required to close on Sundays, the ministry said.",
        "Shops have to close on Sundays, the ministry said.",
        Reason.NEGATION,
    ),
    (
        "The minister attended the summit in Rome.",
        "The minister did not attend the summit in Rome.",
        Reason.NEGATION,
    ),
    (
        "The council failed to approve the budget.",
        "The council approved the budget.",
        Reason.NEGATION,
    ),
    (
        "He denied that he had taken the money.",
        "He had taken the money.",
        Reason.ATTRIBUTION,
    ),
    (
        "The treaty is no longer in force in Armenia.",
        "The treaty is in force in Armenia.",
        Reason.NEGATION,
    ),
    (
        "The plane landed without its luggage in Porto.",
        "The plane landed with its luggage in Porto.",
        Reason.NEGATION,
    ),
    (
        "Exports rose in June after two weak months.",
        "Exports fell in June after two weak months.",
        Reason.NEGATION,
    ),
    (
        "The senate rejected the bill on Monday night.",
        "The senate approved the bill on Monday night.",
        Reason.NEGATION,
    ),
    (
        "The shop closed before the strike began.",
        "The shop closed after the strike began.",
        Reason.NEGATION,
    ),
    (
        "Most of the unvaccinated patients recovered.",
        "Most of the vaccinated patients recovered.",
        Reason.NEGATION,
    ),
    (
        "Nobody was hurt when the crane fell in Bergen.",
        "People were hurt when the crane fell in Bergen.",
        Reason.NEGATION,
    ),
    (
        "The bank may cut rates in June.",
        "The bank will cut rates in June.",
        Reason.MODALITY,
    ),
    (
        "The bank may cut rates in June.",
        "The bank cut rates in June.",
        Reason.MODALITY,
    ),
    (
        "The firm plans to open a plant in Turin.",
        "The firm opened a plant in Turin.",
        Reason.MODALITY,
    ),
    (
        "He allegedly stole three paintings from the museum.",
        "He stole three paintings from the museum.",
        Reason.MODALITY,
    ),
    (
        "The army is accused of shelling the market.",
        "The army shelled the market.",
        Reason.MODALITY,
    ),
    (
        "If the vote succeeds, the cabinet would resign.",
        "The cabinet resigned.",
        Reason.MODALITY,
    ),
    (
        "The dam was damaged in the flood.",
        "The dam may have been damaged in the flood.",
        Reason.MODALITY,
    ),
    (
        "Some teachers in Bristol went on strike.",
        "All teachers in Bristol went on strike.",
        Reason.MODALITY,
    ),
    (
        "Analysts say the pact could reshape the region.",
        "The pact could reshape the region.",
        Reason.ATTRIBUTION,
    ),
    (
        "According to the army, 300 rebels were killed.",
        "300 rebels were killed.",
        Reason.ATTRIBUTION,
    ),
    (
        "The opposition claimed that votes were bought in Tunis.",
        "Votes were bought in Tunis.",
        Reason.ATTRIBUTION,
    ),
    (
        "Officials said the tunnel was flooded.",
        "Critics said the tunnel was flooded.",
        Reason.ATTRIBUTION,
    ),
    (
        "The museum reopened on Saturday after repairs.",
        "The museum reopened on Saturday after repairs, drawing record crowds and wide praise.",
        Reason.PART,
    ),
    (
        "The mayor said the bridge is safe for lorries.",
        "The mayor said “the bridge is perfectly safe and I would let my children cross it”.",
        Reason.QUOTATION,
    ),
    (
        "Россия подписала договор 2 октября 2025 года.",
        "Россия не подписала договор 2 октября 2025 года.",
        Reason.NEGATION,
    ),
    (
        "Россия и Иран подписали договор в октябре.",
        "Россия и Ирак подписали договор в октябре.",
        Reason.ROLES,
    ),
    (
        "Погибли двадцать пять человек, сообщили в Киеве.",
        "Погибли тридцать пять человек, сообщили в Киеве.",
        Reason.NUMBER,
    ),
    (
        "El presidente no asistió a la cumbre de Roma.",
        "El presidente asistió a la cumbre de Roma.",
        Reason.NEGATION,
    ),
    (
        "El presidente asistió a la cumbre de Roma el martes.",
        "El presidente asistió a la cumbre de Roma el jueves.",
        Reason.DATE,
    ),
    (
        "Der Vertrag trat am 2. Oktober 2025 nicht in Kraft.",
        "Der Vertrag trat am 2. Oktober 2025 in Kraft.",
        Reason.NEGATION,
    ),
    (
        "Der Vertrag trat am 2. Oktober 2025 in Kraft.",
        "Der Vertrag trat am 12. Oktober 2025 in Kraft.",
        Reason.DATE,
    ),
    (
        "Le traité pourrait entrer en vigueur lundi.",
        "Le traité entre en vigueur mardi.",
        Reason.DATE,
    ),
    (
        "Le président n'a pas signé le traité de Moscou.",
        "Le président a signé le traité de Moscou.",
        Reason.NEGATION,
    ),
    (
        "条约没有规定共同防御的义务。",
        "条约规定共同防御的义务。",
        Reason.NEGATION,
    ),
    (
        "条约在莫斯科由伊朗和俄罗斯签署。",
        "条约在莫斯科由伊朗和法国签署。",
        Reason.NAME,
    ),
    (
        "پیمان در ۲ اکتبر ۲۰۲۵ اجرا شد.",
        "پیمان در ۲ اکتبر ۲۰۲۵ اجرا نشد.",
        Reason.NEGATION,
    ),
    (
        "پیمان در ۲ اکتبر ۲۰۲۵ اجرا شد.",
        "پیمان در ۷ اکتبر ۲۰۲۵ اجرا شد.",
        Reason.DATE,
    ),
    (
        "The treaty was signed on Oct. 2, 2025, in Moscow.",
        "Договор был подписан 3 октября 2025 года в Москве.",
        Reason.DATE,
    ),
    (
        "Vladimir Putin arrived in Tehran on Monday.",
        "В понедельник Эмманюэль Макрон прибыл в Тегеран.",
        Reason.NAME,
    ),
    (
        "Storm Elin killed at least 14 people in northern Portugal on Tuesday night, the interior "
        "ministry said.",
        "Storm Elin killed exactly 14 people in southern Portugal on Tuesday night, the interior "
        "ministry said.",
        Reason.ROUNDING,
    ),
    (
        "Apple said it would invest $500 billion in the United States over four years and hire "
        "20,000 people.",
        "Apple will hire 500 people and invest $20,000 billion, the company said.",
        Reason.NUMBER,
    ),
    (
        "Apple said it would invest $500 billion in the United States over four years and hire "
        "20,000 people.",
        "Google said it would invest $500 billion in the United States over four years.",
        Reason.NAME,
    ),
    (
        "Unemployment fell to 5.8 percent in September from 6.1 percent a month earlier.",
        "Unemployment rose from 5.8% to 6.1% in September.",
        Reason.NEGATION,
    ),
    (
        "Unemployment fell to 5.8 percent in September from 6.1 percent a month earlier.",
        "Unemployment fell from 5.8% to 6.1% in September.",
        Reason.ROLES,
    ),
    (
        "Hungary's parliament voted 133 to 41 to approve Sweden's bid to join NATO.",
        "Sweden's parliament approved Hungary's bid to join NATO by 133 votes to 41.",
        Reason.ROLES,
    ),
    (
        "The treaty does not contain a mutual-defence clause. Neither side must fight if the other "
        "is attacked.",
        "The treaty contains a mutual-defence clause.",
        Reason.NEGATION,
    ),
    (
        "The treaty does not contain a mutual-defence clause. Neither side must fight if the other "
        "is attacked.",
        "Each side must fight if the other is attacked.",
        Reason.NEGATION,
    ),
    (
        "The treaty commits both countries to cooperate on security for 20 years, but it stops "
        "short of a military alliance.",
        "The treaty commits both countries to a military alliance for 20 years.",
        Reason.NEGATION,
    ),
    (
        "Lund, who has led the agency since 2019, will step down in March.",
        "Lund stepped down in March.",
        Reason.MODALITY,
    ),
    (
        "Lund, who has led the agency since 2019, will step down in March.",
        "Lund, who has led the agency since March, will step down in 2019.",
        Reason.ROLES,
    ),
    (
        "Ukraine said it shot down 40 of the 58 drones launched overnight by Russia.",
        "Ukraine said it shot down all 58 drones launched overnight by Russia.",
        Reason.MODALITY,
    ),
    (
        "Ukraine said it shot down 40 of the 58 drones launched overnight by Russia.",
        "Russia said it shot down 40 of the 58 drones launched overnight by Ukraine.",
        Reason.ROLES,
    ),
    (
        "The mayor rejected calls to resign on Monday.",
        "The mayor accepted calls to resign on Monday.",
        Reason.NEGATION,
    ),
    (
        "Prosecutors allege that Mendez laundered more than €2m through a restaurant in Valencia.",
        "Mendez laundered more than €2m through a restaurant in Valencia.",
        Reason.MODALITY,
    ),
    (
        "Prosecutors allege that Mendez laundered more than €2m through a restaurant in Valencia.",
        "Prosecutors allege that Mendez laundered more than €2bn through a restaurant in Valencia.",
        Reason.NUMBER,
    ),
    (
        "Experts warn the glacier could disappear by 2050.",
        "Experts warn the glacier will disappear by 2050.",
        Reason.MODALITY,
    ),
    (
        "Experts warn the glacier could disappear by 2050.",
        "Experts deny the glacier could disappear by 2050.",
        Reason.NEGATION,
    ),
    (
        "France's Constitutional Council struck down three articles of the law on Friday.",
        "France's Constitutional Council upheld three articles of the law on Friday.",
        Reason.NEGATION,
    ),
    (
        "The price of a ticket will rise from 2.40 to 2.80 euros in January, the operator said.",
        "The price of a ticket will rise from 2.80 to 2.40 euros in January, the operator said.",
        Reason.UNIT,
    ),
    (
        "Turnout was 61.2 percent, down from 64 percent four years ago.",
        "Turnout was 61.2 percent, up from 64 percent four years ago.",
        Reason.NEGATION,
    ),
    (
        "Turnout was 61.2 percent, down from 64 percent four years ago.",
        "Turnout was 64 percent.",
        Reason.ROLES,
    ),
    (
        "The drug reduced deaths by 23 percent compared with a placebo in a trial of 1,032 adults.",
        "The drug reduced deaths to 23 percent compared with a placebo in a trial of 1,032 adults.",
        Reason.ROLES,
    ),
    (
        "The EU's top court ruled on Thursday that Poland must pay a fine of 70 million euros.",
        "Poland's top court ruled on Thursday that the EU must pay a fine of 70 million euros.",
        Reason.ROLES,
    ),
    (
        "Jane Goodall, the British primatologist, has died aged 91, her institute announced on Wednesday.",
        "Jane Goodall, the American primatologist, has died aged 91, her institute announced on Wednesday.",
        Reason.NAME,
    ),
    (
        "Iran's president, Masoud Pezeshkian, and Vladimir Putin signed the pact in Moscow in January.",
        "Masoud Pezeshkian and Ali Khamenei signed the pact in Moscow in January.",
        Reason.NAME,
    ),
    (
        "No one was injured in the fire, which broke out at 3 a.m. in the kitchen.",
        "One person was injured in the fire, which broke out at 3 a.m. in the kitchen.",
        Reason.NEGATION,
    ),
    (
        "The council approved the plan by a narrow margin despite protests from farmers.",
        "The council approved the plan by a wide margin despite protests from farmers.",
        Reason.NEGATION,
    ),
    (
        "The company's profit doubled to 3 billion euros.",
        "The company's profit halved to 3 billion euros.",
        Reason.NEGATION,
    ),
    (
        "Only two of the eight bridges are open.",
        "Two of the eight bridges are closed.",
        Reason.NEGATION,
    ),
    (
        "The vaccine is 90 percent effective in adults under 60.",
        "The vaccine is 90 percent effective in adults over 60.",
        Reason.ROUNDING,
    ),
    (
        "Researchers found no link between the vaccine and autism.",
        "Researchers found a link between the vaccine and autism.",
        Reason.NEGATION,
    ),
    (
        "The suspect was released without charge on Sunday.",
        "The suspect was charged on Sunday.",
        Reason.NEGATION,
    ),
    (
        "Brazil beat Argentina 2-0, with both goals scored by Silva.",
        "Argentina beat Brazil 2-0, with both goals scored by Silva.",
        Reason.ROLES,
    ),
    (
        "He was the first president to visit the island.",
        "He was the last president to visit the island.",
        Reason.NEGATION,
    ),
    (
        "Sales rose 4 percent in Europe and 9 percent in Asia.",
        "Sales rose 9 percent in Europe and 4 percent in Asia.",
        Reason.ROLES,
    ),
    (
        "Sales rose 4 percent in Europe and 9 percent in Asia.",
        "Sales in Asia rose by 4 percent.",
        Reason.ROLES,
    ),
    (
        "The law takes effect on 1 January 2026 and applies to firms with more than 50 workers.",
        "The law takes effect on 1 January 2026 and applies to firms with fewer than 50 workers.",
        Reason.ROUNDING,
    ),
    (
        "Mr Ek said he had never met the donor.",
        "Mr Ek said he had met the donor.",
        Reason.NEGATION,
    ),
    (
        "Chile's copper output fell 7 percent in August from a year earlier to 423,600 tonnes.",
        "Chile's copper output fell 7 percent in August to 432,600 tonnes.",
        Reason.NUMBER,
    ),
    (
        "The European Central Bank left its deposit rate unchanged at 2 percent on Thursday.",
        "The European Central Bank raised its deposit rate to 2 percent on Thursday.",
        Reason.NEGATION,
    ),
    (
        "Two hikers missing since Sunday were found alive on Tuesday by a rescue helicopter near Chamonix.",
        "Two hikers missing since Sunday were found dead on Tuesday by a rescue helicopter near Chamonix.",
        Reason.NEGATION,
    ),
    (
        "Two hikers missing since Sunday were found alive on Tuesday near Chamonix.",
        "Two hikers missing since Tuesday were found alive on Sunday near Chamonix.",
        Reason.ROLES,
    ),
    (
        "Boeing will pay $1.1bn under a deal that spares it from criminal prosecution, the Justice "
        "Department said.",
        "Airbus will pay $1.1bn under a deal that spares it from criminal prosecution, the Justice "
        "Department said.",
        Reason.NAME,
    ),
    (
        "The government has not ruled out raising the retirement age to 68.",
        "The government has ruled out raising the retirement age to 68.",
        Reason.NEGATION,
    ),
    (
        "The study followed 3,400 nurses for ten years and found that night shifts raised the risk "
        "of diabetes by a fifth.",
        "The study followed 3,400 nurses for ten years and found that night shifts lowered the "
        "risk of diabetes by a fifth.",
        Reason.NEGATION,
    ),
    (
        "Wales beat Scotland 24-17 in Cardiff on Saturday.",
        "Scotland beat Wales 24-17 in Cardiff on Saturday.",
        Reason.ROLES,
    ),
    (
        "Wales beat Scotland 24-17 in Cardiff on Saturday.",
        "Wales lost 24-17 to Scotland in Cardiff on Saturday.",
        Reason.ROLES,
    ),
    (
        "The ship had 23 crew on board, 19 of whom were rescued.",
        "The ship had 19 crew on board, 23 of whom were rescued.",
        Reason.ROLES,
    ),
    (
        "The ship had 23 crew on board, 19 of whom were rescued.",
        "All 23 crew on board were rescued.",
        Reason.MODALITY,
    ),
    (
        "The suspect is believed to have fled to Spain.",
        "The suspect has fled to Spain.",
        Reason.MODALITY,
    ),
    (
        "Police said they had found no evidence of foul play.",
        "Police said they had found evidence of foul play.",
        Reason.NEGATION,
    ),
    (
        "Maria Chen called the report “deeply troubling”.",
        "Maria Chen called the report “a complete and utter disgrace”.",
        Reason.QUOTATION,
    ),
    (
        "The earthquake struck at 6:42 a.m. local time, 30 kilometres west of Oaxaca.",
        "The earthquake struck at 6:42 a.m. local time, 30 kilometres east of Oaxaca.",
        Reason.NEGATION,
    ),
    (
        "Netflix shares rose 11 percent after it added 5 million subscribers.",
        "Netflix shares rose 5 percent after it added 11 million subscribers.",
        Reason.NUMBER,
    ),
    (
        "La inflación bajó al 2,9 por ciento en septiembre.",
        "La inflación subió al 2,9 por ciento en septiembre.",
        Reason.NEGATION,
    ),
    (
        "Der Bundestag billigte am Freitag den Haushalt mit 318 zu 274 Stimmen.",
        "Der Bundestag billigte am Freitag den Haushalt mit 274 zu 318 Stimmen.",
        Reason.ROLES,
    ),
    (
        "Der Minister wird am Montag zurücktreten.",
        "Der Minister wird am Montag nicht zurücktreten.",
        Reason.NEGATION,
    ),
    (
        "Le gouvernement a annoncé mardi une hausse de 3 % du salaire minimum.",
        "Le gouvernement a annoncé mardi une hausse de 5 % du salaire minimum.",
        Reason.NUMBER,
    ),
    (
        "Dr Ito said the vaccine may protect for up to five years.",
        "Dr Ito said the vaccine protects for five years.",
        Reason.ROUNDING,
    ),
    (
        "Kenya imports most of its wheat from Russia.",
        "Kenya exports most of its wheat to Russia.",
        Reason.NEGATION,
    ),
    (
        "The union called off the strike after a late pay offer.",
        "The union called the strike after a late pay offer.",
        Reason.NEGATION,
    ),
    (
        "Sources close to the talks said a deal was near.",
        "A deal is near.",
        Reason.ATTRIBUTION,
    ),
    (
        "Ahmed denied stealing the car.",
        "Ahmed stole the car.",
        Reason.NEGATION,
    ),
    (
        "The minister's brother was arrested in Lagos.",
        "The minister was arrested in Lagos.",
        Reason.ROLES,
    ),
    (
        "Investigators believe a short circuit caused the fire.",
        "A short circuit caused the fire.",
        Reason.ATTRIBUTION,
    ),
]
