/*
 * Words in the names that engines give to what they find. The lists are our own, gathered from the naming schemes that vendors
 * publish (CARO's of 1991 and what grew out of it) and from the associated names that MITRE ATT&CK lists for malware; the
 * method, to drop what is generic, join aliases and count engines, is that of AVClass (Sebastián et al., RAID 2016).
 */

/** What kind of program it is, how it was found, or what it runs on: words that name no family. */
export const GENERIC_WORDS: ReadonlySet<string> = new Set(
  `
  adware backdoor banker bankers banking binder bootkit botnet clicker coinminer cryptominer crypter cryptor ddos dialer
  downldr downloader dropper encoder exploit filecoder flooder hacktool hijacker infector infostealer injector installer
  joke keygen keylogger launcher loader locker lockscreen macro malware malicious miner monitor packed packer passview
  password patcher payload phish phisher phishing potentially program proxy psw pwstealer ransom ransomware riskware rogue
  rootkit scam script shellcode spam spammer spyware spyzbot stealer test testfile tool trojan trojandownloader
  trojandropper trojanspy trojanpsw troj unwanted virtool virus virusconstructor webshell worm wiper
  agent akit apps application attribute based behaves behaviorlike behavior cloud confidence crypt cryp data deepscan
  detected detection evil eldorado file files gen genasa generic generickd generickdz genericml genericrxaa gene genetic
  genmalicious grayware graftor heur heuristic high hdb high icon internet known label like low lookslike machine maltrak
  malpe malware1 medium misc modified multi nightly obfuscated obfus other package please possible possiblethreat probably
  rule sample score security self sign signature signed small static susp suspect suspicious suspiciousfile threat
  threats type unclassified undef undefined unknown unsafe variant variants very with xpack zero
  android androidos apple archive autoit bash batch binary boot chrome doc docm document dosexec dotnet elf email excel
  flash html htmla iframe image ios iphoneos java javascript jscript linux lnk mach macho macos mail mobile msil msoffice
  msexcel msword node office osx outlook packedbatch pdfjs perl php powershell powerpoint python rtf ruby shell swf symbos
  text unix vbase vbscript visualbasic win win16 win32 win64 windows wordmac word x2km x86 x64 x97m xls xml zip
  `
    .trim()
    .split(/\s+/),
)

/** Names of one family, each line with the name to be shown first. */
export const FAMILY_ALIASES: ReadonlyMap<string, string> = new Map(
  `
  AgentTesla: agenttesla tesla negasteal
  AsyncRAT: asyncrat
  BlackCat: blackcat alphv noberus
  CobaltStrike: cobaltstrike cobalt beacon
  Conficker: conficker kido downadup downad
  Conti: conti
  CryptoWall: cryptowall crowti
  DarkComet: darkcomet fynloski krademok
  Dridex: dridex bugat cridex
  EICAR: eicar
  Emotet: emotet geodo heodo
  FormBook: formbook xloader
  GandCrab: gandcrab grandcrab
  GhostRAT: gh0st gh0strat ghostrat farfli
  IcedID: icedid bokbot
  LockBit: lockbit abcd
  Locky: locky
  Lokibot: lokibot lokipws
  Mirai: mirai
  NanoCore: nanocore nancrat
  NetWire: netwire netwired netwiredrc recam
  NjRAT: njrat bladabindi
  NotPetya: notpetya exptr petrwrap expetr goldeneye diskcoder nyetya
  PlugX: plugx korplug sogu
  Qakbot: qakbot qbot quackbot pinkslipbot
  Ramnit: ramnit nimnul
  RedLine: redline redlinestealer
  Remcos: remcos remcosrat
  REvil: revil sodinokibi sodin
  Ryuk: ryuk
  Sality: sality kookoo
  SmokeLoader: smokeloader dofoil smoke
  TeslaCrypt: teslacrypt alphacrypt
  TrickBot: trickbot trickster totbrick trickloader
  Ursnif: ursnif gozi isfb dreambot papras
  Virut: virut virux
  WannaCry: wannacry wannacrypt wannacryptor wcry wanna wanacry wanacrypt
  XMRig: xmrig
  Zeus: zeus zbot wsnpoem kneber
  `
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [name = '', aliases = ''] = line.trim().split(': ')
      return aliases.split(' ').map((alias): [string, string] => [alias, name])
    }),
)
