// Every bound of the product, in one place, each with a test on both sides (trust facts 3.5). Sizes in bytes, times in milliseconds.

export const limits = {
  /** HTTP header block. */
  headerBytes: 16_384,
  /** Headers of a request. */
  headerCount: 64,
  /** Ordinary JSON bodies (registration, queries, administration). */
  bodyBytes: 1_048_576,
  /** One sync page on the wire; FINT pages hold tens of thousands of entries (facts 5.4). */
  pageBytes: 268_435_456,
  /** The same after decompression. */
  pageDecompressedBytes: 1_073_741_824,
  /** Largest ratio of decompressed to compressed size, judged after the first megabyte. */
  compressionRatio: 100,
  /** Entries on a sync page. */
  pageEntries: 50_000,
  /** One entry of a sync page. */
  entryBytes: 4_194_304,
  /** How deep JSON may be nested. */
  jsonDepth: 32,
  /** Members of one entry, nested ones included. */
  jsonKeys: 1_000,
  /** One text of a resource. */
  stringBytes: 65_536,
  /** Items of one list of a resource. */
  listItems: 10_000,
  /** Links of one relation of a delivered resource. */
  linksPerRelation: 10_000,
  /** One identifier value. */
  identifierBytes: 512,
  /** Largest `size` of a FINT page; 0 streams everything. */
  fintPageSize: 50_000,
  /** Largest `size` of a page of the change feed. */
  changesPageSize: 10_000,
  /** Size of a page of the change feed when none is asked for. */
  changesPageDefault: 1_000,
  /** Rows that are looked at for a page of documents when a filter leaves few; the answer says from where to go on. */
  documentRows: 5_000,
  /** Documents that are made for such a page, beside those that are remembered: it takes little longer than a full one. */
  documentsMade: 575,
  /** Largest `limit` of a page of documents. */
  documentsPerPage: 500,
  /** The same when none is asked for. */
  documentsPerPageDefault: 100,
  /** Largest `pageSize` of Gemini. */
  geminiItems: 1_000,
  /** The same when none is asked for. */
  geminiItemsDefault: 100,
  /** Passports of a person who is made through Gemini. */
  geminiPassports: 20,
  /** How many serial numbers are tried for a person who is made through Gemini, when others have them. */
  geminiSerialTries: 4,
  /** How long a change through Gemini waits for the source that decides, before it is answered as taken. */
  geminiWaitMs: 5_000,
  /** A cursor as text. */
  cursorLength: 4_096,
  /** Resources in the trees of one request, each as often as it stands there. */
  graphNodes: 200_000,
  /** Rows that are put into the order of one of their values, for a list of some of them. */
  graphSorted: 50_000,
  /** Changes of an API that are made as one, all or none. */
  writeParts: 400,
  /** Rows of a mutation, which are written as one. */
  mutationRows: 100,
  /** Items of one list in a row of a mutation. */
  mutationListItems: 100,
  /** A mutation waits this long for what a source system decides, milliseconds; then the outcome has to be asked for. */
  mutationWaitMs: 5_000,
  /** Positions that are made together with an employee. */
  positionsPerEmployee: 20,
  /** Runs of exports of one application that wait or are made at once. */
  exportsPerApplication: 5,
  /** Files of exports of one application that are kept: a new one takes the place of the oldest. */
  exportsKept: 20,
  /** Runs of exports of one organisation that are made at once, over all processes. */
  exportsAtOnce: 1,
  /** The same of all organisations together in a process. */
  exportsPerProcess: 2,
  /** How long the file of a run is kept. */
  exportContentDays: 7,
  /** How long it is kept what a run has told: so long changes since can be asked for. */
  exportManifestDays: 30,
  /** How long a run and its report are kept. */
  exportRunDays: 90,
  /** Persons, schools, groups and memberships that have been left out are named in a report up to here; all of them are counted. */
  exportExclusions: 50_000,
  /** Memberships among them. */
  exportMembershipExclusions: 1_000,
  /** Findings of a check that are named in a report; all are counted. */
  exportFindings: 100,
  /** Dropped values that a report tells apart; what is beyond is counted as one. */
  exportDropped: 500,
  /** Fetches and deliveries that a report names: the latest. */
  exportFetches: 100,
  /** A stream waits this long for the first bytes of its file. */
  exportStreamWaitMs: 20_000,
  /** Uncompressed bytes of a file that are checked and kept as one. */
  exportPartBytes: 262_144,
  /** Runs in an answer. */
  exportRuns: 200,
  /** Schools that an export can be asked for. */
  exportSchools: 1_000,
  /** Schedules of an organisation. */
  exportSchedules: 200,
  /** `datasource` and `target` of a file, characters. */
  exportSourceLength: 32,
  /** How often the process that makes an export says that it is there. */
  exportHeartbeatMs: 5_000,
  /** Who has not been heard of for this long is gone: somebody else makes the export. */
  exportLostMs: 20_000,
  /** Memory of the thread that makes an export, megabytes. */
  exportThreadMegabytes: 256,
  /** A thread that makes exports is kept this long for the next one. */
  exportThreadIdleMs: 60_000,
  /** Groups, owners and schools of a file that is imported. */
  importGroups: 100_000,
  /** What of a file must be kept in mind until its persons are written: places of staff and of guardians, next of kin. */
  importPending: 500_000,
  /** Findings of an import that are named; all are counted. */
  importFindings: 1_000,
  /** How deep XML may be nested. */
  xmlDepth: 32,
  /** The name of an element or an attribute, characters; and a value of an attribute, and the text of an element. */
  xmlNameLength: 128,
  xmlAttributeLength: 4_096,
  xmlTextLength: 65_536,
  /** Attributes of an element. */
  xmlAttributes: 32,
  /** What stands between the ends of two tags, comments or the like, characters: what is longer is refused before it has been read. */
  xmlTokenLength: 262_144,
  /** Elements of an entry, which is held in memory as a whole. */
  xmlEntryElements: 10_000,
  /** A body of XML that a service takes, bytes, unless the operation says otherwise. */
  serviceBodyBytes: 1_048_576,
  /** The text of one parameter or element of a service that says no length of its own, characters. */
  serviceTextLength: 1_024,
  /** Elements of one name in a row, where a service takes any number. */
  serviceListItems: 1_000,
  /** A picture that is sent as base64, characters: as long as a text of the model may be. */
  pictureTextLength: 65_536,
  /** Rows of a page of a list that a service of user administration pages by number. */
  servicePageRows: 1_000,
  /** What stands before the content of a part of a form in parts, bytes. */
  formPartHeaderBytes: 2_048,
  /** Longest that a write by such a service waits for the source that decides. */
  serviceWriteWaitMs: 5_000,
  /** Days of a timetable. */
  timetableDays: 56,
  /** Lessons of a calendar, up to a page more; a school has about a thousand a week at most. */
  calendarEntries: 10_000,
  /** Within this long the answer to an operation has begun. */
  graphqlRequestMs: 60_000,
  /** Values of one list of a filter, and ids or keys of one look-up. */
  graphqlListItems: 1_000,
  /** A filter as text. */
  filterBytes: 8_192,
  /** Comparisons in a filter. */
  filterTerms: 50,
  /** How deep parentheses and lambdas may be nested. */
  filterDepth: 10,
  /** Values of one `in`. */
  filterInValues: 200,
  /** An Idempotency-Key, characters. */
  idempotencyKeyLength: 255,
  /** Writes and live reads of one organisation that wait for adapters at once. */
  waitingEvents: 100_000,
  /** Events of one poll when none or 0 is asked for, and at most. */
  eventsPerPoll: 1_000,
  /** Events of one poll together; the first is handed out whatever its size. */
  eventPollBytes: 16_777_216,
  /** Longest that a poll for events waits. */
  eventWaitMs: 25_000,
  /** Polls of one organisation that wait at once. */
  waitingPolls: 100,
  /** Days for which a cursor of events can be gone on from, unless set otherwise. */
  eventRetentionDays: 400,
  /** Most days that this can be set to. */
  eventRetentionDaysAtMost: 3_650,
  /** Changes of an organisation that are looked at together for those events. */
  eventWindowRows: 2_000,
  /** Longest that a poll goes on through changes of which nothing is to be told. */
  eventLookMs: 5_000,
  /** Largest `limit` of a poll for those events. */
  entityEventsPerPoll: 1_000,
  /** The same when none is asked for. */
  entityEventsDefault: 200,
  /** Longest that such a poll waits. */
  entityEventWaitMs: 30_000,
  /** The answer to an event on the wire. */
  eventAnswerBytes: 8_388_608,
  /** Resources of an answer to a live read. */
  liveReadResources: 10_000,
  /** Explanation that an adapter sends with an answer, characters; the rest is cut off. */
  eventMessageLength: 2_000,
  /** Longest time that a filter may scan. */
  filterMs: 10_000,
  /** A GraphQL document, characters. */
  graphqlLength: 131_072,
  /** Its tokens. */
  graphqlTokens: 10_000,
  /** How deep brackets of it may be nested. */
  graphqlBrackets: 64,
  /** How deep fields may be nested; introspection apart. */
  graphqlDepth: 15,
  /** Fields with another name than their own, fragments counted wherever they are spread. */
  graphqlAliases: 200,
  /** Directives that are used. */
  graphqlDirectives: 100,
  /** Fields at the top of an operation. */
  graphqlRootFields: 50,
  /** Fragments. */
  graphqlFragments: 100,
  /** Operations of a document. */
  graphqlOperations: 100,
  /** Fields in all, fragments counted wherever they are spread. */
  graphqlFields: 2_000,
  /** Lists of an introspection that are asked for (`types`, `fields`), and fields in it with another name than their own. */
  graphqlIntrospection: 20,
  /** Errors of a document that are told. */
  graphqlErrors: 20,
  /** Resources that an operation may ask for: each as often as those above it. */
  graphqlCost: 200_000,
  /** Largest `first` of a connection. */
  graphqlFirst: 1_000,
  /** What a list at the top counts as whose page nothing says. */
  graphqlDefaultFirst: 100,
  /** What a list that has no `first` counts as. */
  graphqlListCost: 10,
  /** Memory of documents, and once more of what is compiled of them, bytes; the least lately used go first. */
  graphqlPlanBytes: 33_554_432,
  /** Memory of what schemas have told of themselves, bytes. */
  graphqlIntrospectionBytes: 16_777_216,
  /** Errors of the fields of an answer that are told. */
  graphqlFieldErrors: 100,
  /** What the fields at the top of an operation come to together, characters. */
  graphqlAnswerLength: 33_554_432,
  /** Documents that are kept by their hash. */
  graphqlPersisted: 1_000,
  /** A request target. */
  urlBytes: 8_192,
  /** Within this long the head of a request has arrived. */
  headersMs: 10_000,
  /** Within this long an ordinary request has arrived and its answer begun. */
  requestMs: 30_000,
  /** The same for a sync page. */
  pageRequestMs: 300_000,
  /** An idle connection is closed after this long. */
  keepAliveMs: 5_000,
  /** A stream whose reader takes nothing for this long is cut. */
  stalledReaderMs: 30_000,
  /** Requests of an application in an organisation within a minute, unless set otherwise; where an API has a quota. */
  quotaPerMinute: 600,
  /** The same within a civil day in Norway. */
  quotaPerDay: 200_000,
  /** The same in a sandbox. */
  quotaPerDayInSandbox: 20_000,
  /** Largest number that a quota can be set to; 0 is none. */
  quotaAtMost: 1_000_000_000,
  /** Connections open at once. */
  connections: 2_000,
  /** Requests of one application under way at once. */
  requestsPerClient: 100,
  /** Requests of one organisation that a process works on at once while others ask too; an organisation that is alone has no such bound. */
  placesBeside: 8,
  /** The same of all organisations together: with more than a few, each has fewer, two at least. */
  placesOfAll: 32,
  /** Sync pages of one organisation that a process takes in at once while others ask too. */
  deliveriesBeside: 2,
  /** Bytes of long answers of one organisation that a process sends in a second while others ask too. */
  bytesBeside: 67_108_864,
  /** The part of its time that a process works for one organisation while others ask too; what is beyond goes piece by piece as time comes. */
  loopShareBeside: 0.5,
  /** Work that an organisation may do at once then, after it has asked for little, milliseconds. */
  loopSavedBesideMs: 1,
  /** What a request is counted as at least, milliseconds. */
  loopRequestMs: 0.1,
  /** The same for a sync page, for the disk and the database that wait for it. */
  loopDeliveryMs: 8,
  /** Requests of one organisation that wait for a place in a process; the next is turned away (503). */
  waitingRequests: 200,
  /** A request waits this long for a place. */
  placeWaitMs: 2_000,
  /** The same for a sync page. */
  deliveryWaitMs: 20_000,
  /** Requests under way get this long when the hub stops. */
  drainMs: 10_000,
  /** Processes that may die within a minute before no more are started (`--workers`). */
  workerDeaths: 6,
  /** Rejections kept per sync run, and as many warnings; the answer about the run lists them all. */
  rejectionsPerRun: 10_000,
  /** Problems listed in an answer about a collection, and in the refusal of a page. */
  rejectionsPerAnswer: 1_000,
  /** Sync runs of one organisation that are open at once. */
  openRunsPerTenant: 1_000,
  /** Writes of one organisation that wait for their turn in one process. */
  waitingWrites: 1_000,
  /** Audit records that may wait for the disk. */
  auditQueue: 20_000,
  /** Audit records of one commit. */
  auditBatch: 1_000,
  /** A commit of audit records in a database takes this long at most; whoever came while one was under way waits for that one and the next. */
  auditMs: 5_000,
  /** An access token as sent. */
  tokenBytes: 8_192,
  /** Verified tokens that are remembered. */
  verifiedTokens: 10_000,
  /** Longest life of an access token in production. */
  accessTokenSeconds: 300,
  /** Longest life of a client assertion. */
  assertionSeconds: 60,
  /** The address of a webhook. */
  webhookUrlLength: 2_000,
  /** A receiver of a webhook answers within this, milliseconds. */
  webhookMs: 10_000,
  /** What is read of its answer; it says nothing that is needed. */
  webhookAnswerBytes: 65_536,
  /** An e-mail address. */
  mailAddressLength: 254,
  /** A text in the header of an e-mail: subject, name of an addressee. */
  mailHeaderLength: 200,
  /** A server of e-mail says something within this, milliseconds. */
  mailMs: 20_000,
  /** Those of one organisation that want notices. */
  subscriptionsPerOrganisation: 100,
  /** Parts of one announcement. */
  changeParts: 200,
  /** One text of an announcement. */
  changeTextLength: 4_000,
  /** Promotions of one organisation that nobody has decided: everybody sees them. */
  promotionsOpen: 50,
  /** Notices that are handed out to those who want them at a time. */
  noticesPerSweep: 100,
  /** Tries to bring notices to those who want them, at a time. */
  deliveriesPerSweep: 200,
  /** The same that are under way at once. */
  deliveriesAtOnce: 8,
  /** Notices in one digest; more come in another. */
  noticesPerDigest: 100,
  /** Tries after which a notice is not brought any more. */
  deliveryTries: 10,
  /** Owners that an application asks for access at once. */
  accessOwners: 500,
  /** Requests for access of one application that nobody has decided. */
  accessOpen: 1_000,
  /** Packages of a request, and narrowings of one of them. */
  accessPackages: 50,
  accessNarrowings: 200,
  /** What owner and asker say to each other about one request. */
  accessMessages: 100,
  /** How long a link to a new secret can be used, milliseconds. */
  keyLinkMs: 86_400_000,
  /** Organisations from the owner of data to the last that access was passed on to. */
  delegationDepth: 4,
  /** Delegations of the data of one owner that have not been withdrawn. */
  delegationsPerOrganisation: 500,
  /** A description that a release of the catalogue keeps, unpacked. */
  releasedArtefactBytes: 16_777_216,
  /** GraphQL documents that an application has registered. */
  documentsPerApplication: 500,
  /** Items of a feed of changes, the newest. */
  feedItems: 200,
  /** Uses of parts of APIs that a process holds until it has told of them: each application's of each part within a few seconds. */
  partUsesHeld: 50_000,
  /** An answer is explained for so many days. */
  explainDays: 14,
  /** Records of an audit that are looked at for one, the newest. */
  explainRecords: 1_000_000,
  /** Decisions of one request that are explained. */
  explainParts: 100,
  /** The id of a request. */
  requestIdLength: 64,
  /** Places that a problem names; of more the first are named. */
  problemItems: 1_000,
  /** A question for what has to be asked for: an operation, or a GraphQL document with its variables. */
  accessForBytes: 65_536,
  /** Such questions that are worked on at once: anybody may ask them. */
  accessForAtOnce: 4,
  /** Placements, timetable entries, and pairs of activities that collisions are looked for in. */
  collisionRows: 500_000,
  /** Pairs of activities that collisions are looked for in, counted anew for each student who is placed in both. */
  collisionLooks: 10_000_000,
  /** Documents of the study catalogue that are held to give them a tag, in letters; longer answers have none. */
  infoTagLetters: 8_000_000,
  /** Parts of documents of one kind that have changed since a moment; of more, every document is told as changed. */
  changedParts: 2_000,
  /** Cells of a sheet of figures, those that are not shown too. */
  figureCells: 100_000,
  /** The header of HTTP Basic. */
  basicBytes: 1_024,
  /** How long credentials that were right are remembered at most, milliseconds; what changes in the platform counts at once. */
  basicMs: 60_000,
  /** Credentials that are remembered so. */
  basicRemembered: 1_000,
  /** Wrong credentials from one address, whatever their user names: so many at once, then one a second. */
  basicTriesPerAddress: 60,
  /** Destinations of messages of one organisation that have not been ended. */
  messageDestinationsPerOrganisation: 50,
  /** Changes that are read at a time to be told as messages. */
  messagesPerRead: 500,
  /** Changes whose messages are brought to a destination at a time. */
  messagesPerBatch: 200,
  /** A broker says that it has a batch of messages within this, milliseconds. */
  brokerMs: 20_000,
  /** Messages that a destination did not take and that nobody has seen to: with so many it is told nothing more. */
  messageLetters: 10_000,
  /** They are kept for so many days. */
  messageLetterDays: 30,
  /** Streams of messages that an application has open in an organisation, of one process. */
  messageStreams: 4,
  /** A stream of messages is ended after this, milliseconds: whoever listens goes on where it was. */
  messageStreamMs: 3_600_000,
  /** Largest `limit` of a page of the old FS-API; 0 streams everything. */
  fsApiPageSize: 10_000,
  /** The same when none is asked for. */
  fsApiPageDefault: 100,
  /** A write of the old FS-API waits this long for what a source system decides, milliseconds; then the outcome has to be asked for. */
  fsApiWriteWaitMs: 5_000,
  /** Memory of texts of collections that are told whole, bytes; the least lately used go first. */
  walkTextBytes: 134_217_728,
} as const;
