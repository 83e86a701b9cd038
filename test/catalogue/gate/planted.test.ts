// Changes of every kind, planted one at a time in what was released: each is found, classed as facts 7.5 say, held to the contract of its part, and told with
// the day on which it may come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfDay } from '#catalogue/calendar.ts';
import type { Change, ChangeKind, Release, Status } from '#catalogue/contract.ts';
import type { ReleasedArtefact, ReleaseSet } from '#catalogue/gate/release-set.ts';
import { brokenByNothing, judge, type JudgedFinding } from '#catalogue/gate/judge.ts';
import { verdictText } from '#catalogue/gate/verdict-text.ts';
import { edited, releaseOf, type SmallArtefact } from './small-release.ts';

const releases: readonly Release[] = [
  { version: 0, at: startOfDay('2026-11-22') },
  { version: 1, at: startOfDay('2027-03-31') },
];
const at = Date.parse('2026-11-22T12:00:00+01:00');

/** What the gate says of what nobody has announced, by the contract and the class. */
const production =
  'The contract is production, and nobody has announced it. Announced now, it may be released on 2028-03-31.';
const noticed =
  'The contract is production, and nobody has announced it. Announced now, it may be released on 2026-12-06 12:00:00.';
const trial =
  'The contract is beta, and nobody has announced it. Announced now, it may be released on 2026-12-06 12:00:00.';
const vendor =
  'The contract is production, and nobody has announced it. Announced now, it may be released on 2027-05-23.';
const free = 'Takes no notice.';
const frozen =
  'The part is not-further-developed and does not change. If a fault is mended, the change has to stand in changes.yaml.';

type Found = readonly [coordinate: string, kind: ChangeKind, rule: string, text: string, message: string];
type Row = readonly [name: string, where: string, from: string, to: string, ...found: readonly Found[]];

const rows: readonly Row[] = [
  [
    'a path goes',
    'school/openapi',
    '  /pupils/{id}:',
    '  /pupil/{id}:',
    ['DELETE /pupil/{id}', 'compatible', 'operation-added', 'The operation is new.', free],
    ['DELETE /pupils/{id}', 'breaking', 'operation-renamed', 'The operation has moved to DELETE /pupil/{id}.', trial],
    ['GET /pupil/{id}', 'compatible', 'operation-added', 'The operation is new.', free],
    ['GET /pupils/{id}', 'breaking', 'operation-renamed', 'The operation has moved to GET /pupil/{id}.', production],
  ],
  [
    'a method goes',
    'school/openapi',
    "    delete:\n      operationId: dropPupil\n      x-bindeledd-status: beta\n      responses: { '204': { description: Gone. } }\n",
    '',
    ['DELETE /pupils/{id}', 'breaking', 'method-removed', 'The method is gone from the path.', trial],
  ],
  [
    'an operation moves',
    'school/openapi',
    '    post:\n      operationId: addPupil',
    '    put:\n      operationId: addPupil',
    ['POST /pupils', 'breaking', 'operation-renamed', 'The operation has moved to PUT /pupils.', production],
    ['PUT /pupils', 'compatible', 'operation-added', 'The operation is new.', free],
  ],
  [
    'everything moves',
    'school/openapi',
    'hub.example/school',
    'hub.example/schools',
    [
      '*',
      'breaking',
      'server-path-changed',
      'What every path begins with has changed from /school to /schools.',
      production,
    ],
  ],
  [
    'a parameter goes',
    'school/openapi',
    '        - { name: name, in: query, schema: { type: string, maxLength: 80 } }\n',
    '',
    ['GET /pupils?name', 'breaking', 'parameter-removed', 'The parameter is gone.', production],
  ],
  [
    'a parameter is renamed',
    'school/openapi',
    'name: name, in: query',
    'name: called, in: query',
    ['GET /pupils?called', 'compatible', 'parameter-added', 'The parameter is new and may be given.', free],
    ['GET /pupils?name', 'breaking', 'parameter-removed', 'The parameter is gone.', production],
  ],
  [
    'a header goes that may be sent',
    'school/openapi',
    "        - { $ref: '#/components/parameters/Trace' }\n",
    '',
    ['GET /pupils?X-Trace', 'breaking', 'parameter-removed', 'The parameter is gone.', production],
  ],
  [
    'a parameter is new and must be given',
    'school/openapi',
    "        - { $ref: '#/components/parameters/Trace' }\n",
    "        - { $ref: '#/components/parameters/Trace' }\n        - { name: year, in: query, required: true, schema: { type: integer } }\n",
    ['GET /pupils?year', 'breaking', 'parameter-required', 'The parameter is new and must be given.', production],
  ],
  [
    'a parameter is new and may be given',
    'school/openapi',
    "        - { $ref: '#/components/parameters/Trace' }\n",
    "        - { $ref: '#/components/parameters/Trace' }\n        - { name: year, in: query, schema: { type: integer } }\n",
    ['GET /pupils?year', 'compatible', 'parameter-added', 'The parameter is new and may be given.', free],
  ],
  [
    'a parameter must be given',
    'school/openapi',
    'name: status, in: query,',
    'name: status, in: query, required: true,',
    ['GET /pupils?status', 'breaking', 'parameter-required', 'The parameter must be given now.', production],
  ],
  [
    'a value may not be asked for any more',
    'school/openapi',
    'enum: [active, ended]',
    'enum: [active]',
    ['GET /pupils?status', 'breaking', 'request-enum-value-removed', 'The value "ended" is gone.', production],
  ],
  [
    'a value may be asked for',
    'school/openapi',
    'enum: [active, ended]',
    'enum: [active, ended, all]',
    ['GET /pupils?status', 'compatible', 'request-enum-value-added', 'The value "all" is new.', free],
  ],
  [
    'pages become smaller',
    'school/openapi',
    'maximum: 1000',
    'maximum: 500',
    ['GET /pupils?size', 'breaking', 'page-size-lowered', 'maximum has changed from 1000 to 500.', production],
  ],
  [
    'pages may be larger',
    'school/openapi',
    'maximum: 1000',
    'maximum: 5000',
    ['GET /pupils?size', 'compatible', 'request-range-widened', 'maximum has changed from 1000 to 5000.', free],
  ],
  [
    'pages are smaller unless one asks',
    'school/openapi',
    'default: 100',
    'default: 50',
    ['GET /pupils?size', 'breaking', 'default-changed', 'The default has changed from 100 to 50.', production],
  ],
  [
    'a text may be shorter only',
    'school/openapi',
    'in: query, schema: { type: string, maxLength: 80 }',
    'in: query, schema: { type: string, maxLength: 40 }',
    ['GET /pupils?name', 'breaking', 'request-range-narrowed', 'maxLength has changed from 80 to 40.', production],
  ],
  [
    'an id is of another form',
    'school/openapi',
    "in: path, required: true, schema: { type: string, pattern: '^P' }",
    "in: path, required: true, schema: { type: string, pattern: '^Q' }",
    ['DELETE /pupils/{id}?id', 'breaking', 'request-pattern-changed', 'The pattern has changed from ^P to ^Q.', trial],
    [
      'GET /pupils/{id}?id',
      'breaking',
      'request-pattern-changed',
      'The pattern has changed from ^P to ^Q.',
      production,
    ],
  ],
  [
    'an id in answers is of another form',
    'school/openapi',
    "id: { type: string, pattern: '^P' }",
    'id: { type: string }',
    ['Pupil.id', 'breaking', 'response-pattern-widened', 'The pattern has changed from ^P to none.', production],
  ],
  [
    'a member of answers goes',
    'school/openapi',
    '        born: { type: string, format: date }\n        level: { type: string, enum: [low, high] }\n',
    '        level: { type: string, enum: [low, high] }\n',
    ['Pupil.born', 'breaking', 'response-member-removed', 'The member is gone from answers.', production],
  ],
  [
    'a member of answers is new',
    'school/openapi',
    '        born: { type: string, format: date }\n        level: { type: string, enum: [low, high] }\n',
    '        born: { type: string, format: date }\n        level: { type: string, enum: [low, high] }\n        colour: { type: string }\n',
    ['Pupil.colour', 'compatible', 'response-member-added', 'The member is new in answers.', free],
  ],
  [
    'a member of answers may be absent',
    'school/openapi',
    'required: [id, name]',
    'required: [id]',
    ['Pupil.name', 'breaking', 'response-member-optional', 'The member may be absent from answers now.', production],
  ],
  [
    'a member of answers may be null',
    'school/openapi',
    '        born: { type: string, format: date }\n        level: { type: string, enum: [low, high] }\n',
    "        born: { type: [string, 'null'], format: date }\n        level: { type: string, enum: [low, high] }\n",
    ['Pupil.born', 'breaking', 'response-nullable', 'May be null now.', production],
  ],
  [
    'a member of answers is never null',
    'school/openapi',
    "anyOf: [{ $ref: '#/components/schemas/School' }, { type: 'null' }]",
    "$ref: '#/components/schemas/School'",
    ['Pupil.school', 'compatible', 'response-not-null', 'Is never null now.', free],
  ],
  [
    'a member of answers is of another type',
    'school/openapi',
    'number: { type: integer }',
    'number: { type: string }',
    ['School.number', 'breaking', 'type-changed', 'The type has changed from integer to string.', production],
  ],
  [
    'a member of answers is of a wider type',
    'school/openapi',
    'number: { type: integer }',
    'number: { type: number }',
    [
      'School.number',
      'breaking',
      'response-type-widened',
      'The type has become wider, from integer to number.',
      production,
    ],
  ],
  [
    'a member of a part of another schema goes',
    'school/openapi',
    'required: [title], properties: { title: { type: string } }',
    'properties: {}',
    ['School.title', 'breaking', 'response-member-removed', 'The member is gone from answers.', production],
  ],
  [
    'a member of answers may be longer',
    'school/openapi',
    '        name: { type: string, maxLength: 80 }\n        born: { type: string, format: date }',
    '        name: { type: string, maxLength: 200 }\n        born: { type: string, format: date }',
    ['Pupil.name', 'breaking', 'response-range-widened', 'maxLength has changed from 80 to 200.', production],
  ],
  [
    'answers may have a new value',
    'school/openapi',
    '        level: { type: string, enum: [low, high] }\n        friends',
    '        level: { type: string, enum: [low, high, top] }\n        friends',
    ['Pupil.level', 'dangerous', 'response-enum-value-added', 'The value "top" is new.', noticed],
  ],
  [
    'answers have a value no more',
    'school/openapi',
    '        level: { type: string, enum: [low, high] }\n        friends',
    '        level: { type: string, enum: [low] }\n        friends',
    ['Pupil.level', 'compatible', 'response-enum-value-removed', 'The value "high" is gone.', free],
  ],
  [
    'answers may have any value',
    'school/openapi',
    '        level: { type: string, enum: [low, high] }\n        friends',
    '        level: { type: string }\n        friends',
    ['Pupil.level', 'breaking', 'response-enum-opened', 'Any value is possible now.', production],
  ],
  [
    'answers may be of a new form',
    'school/openapi',
    "{ $ref: '#/components/schemas/Phone' }]",
    "{ $ref: '#/components/schemas/Phone' }, { $ref: '#/components/schemas/Named' }]",
    ['Pupil.contact', 'dangerous', 'response-subtype-added', 'The form Named is new.', noticed],
  ],
  [
    'members of a map are of a wider type',
    'school/openapi',
    'additionalProperties: { type: integer }',
    'additionalProperties: { type: [integer, string] }',
    [
      'Pupil.marks.*',
      'breaking',
      'response-type-widened',
      'The type has become wider, from integer to integer, string.',
      production,
    ],
  ],
  [
    'a map holds no members any more',
    'school/openapi',
    'additionalProperties: { type: integer }',
    'additionalProperties: false',
    ['Pupil.marks.*', 'breaking', 'response-member-removed', 'Members that are not named are gone.', production],
  ],
  [
    'a link relation goes',
    'school/openapi',
    'properties: { self: { type: object }, school: { type: object } }',
    'properties: { self: { type: object } }',
    ['Pupil._links.school', 'breaking', 'link-relation-removed', 'The link relation is gone.', production],
  ],
  [
    'a link between operations goes',
    'school/openapi',
    '          links: { next: { operationId: listPupils } }\n',
    '',
    ['GET /pupils < 200', 'breaking', 'link-relation-removed', 'The link next is gone.', production],
  ],
  [
    'a header of answers goes',
    'school/openapi',
    '          headers: { ETag: { schema: { type: string } } }\n',
    '',
    ['GET /pupils < 200', 'breaking', 'response-header-removed', 'The header etag is gone.', production],
  ],
  [
    'a media type of answers goes',
    'school/openapi',
    '            text/csv: { schema: { type: string } }\n',
    '',
    ['GET /pupils < 200', 'breaking', 'media-type-removed', 'text/csv is not answered any more.', production],
  ],
  [
    'a media type of answers is new',
    'school/openapi',
    '            text/csv: { schema: { type: string } }\n',
    '            text/csv: { schema: { type: string } }\n            text/html: { schema: { type: string } }\n',
    ['GET /pupils < 200', 'compatible', 'media-type-added', 'text/html can be asked for too.', free],
  ],
  [
    'a member of a part of another schema may be absent',
    'school/openapi',
    'Named: { type: object, required: [title],',
    'Named: { type: object,',
    ['School.title', 'breaking', 'response-member-optional', 'The member may be absent from answers now.', production],
  ],
  [
    'a member of answers may be null, as OpenAPI 3.0 says it',
    'school/openapi',
    'born: { type: string, format: date }',
    'born: { type: string, nullable: true, format: date }',
    ['Pupil.born', 'breaking', 'response-nullable', 'May be null now.', production],
  ],
  ['a header is written in other letters', 'school/openapi', 'name: X-Trace', 'name: x-trace'],
  [
    'an answer leads elsewhere',
    'school/openapi',
    "'204': { description: Gone. }",
    "'303': { description: Gone. }",
    [
      'DELETE /pupils/{id} < 204',
      'breaking',
      'status-changed',
      'The status 204 is not answered any more, but 303.',
      trial,
    ],
  ],
  [
    'the promise of a member is lowered',
    'school/openapi',
    'number: { type: integer }',
    'number: { type: integer, x-bindeledd-status: beta }',
    ['School.number', 'breaking', 'mark-lowered', 'The contract is beta now and was production.', production],
  ],
  [
    'the promise of a member is told where it stands in one that has the same',
    'school/openapi',
    'goal: { type: string }',
    'goal: { type: string, x-bindeledd-status: beta }',
  ],
  [
    'a new member is promised less than what it stands in',
    'school/openapi',
    'number: { type: integer }',
    'number: { type: integer }, colour: { type: string, x-bindeledd-status: beta }',
    ['School.colour', 'compatible', 'response-member-added', 'The member is new in answers.', free],
  ],
  [
    'a part of a member in beta goes',
    'school/openapi',
    'goal: { type: string }, ',
    '',
    ['Pupil.plan.goal', 'breaking', 'response-member-removed', 'The member is gone from answers.', trial],
  ],
  [
    'a part goes that is experimental',
    'school/openapi',
    ', hint: { type: string, x-bindeledd-status: experimental }',
    '',
    ['Pupil.plan.hint', 'breaking', 'response-member-removed', 'The member is gone from answers.', free],
  ],
  [
    'a media type of requests goes',
    'school/openapi',
    "          application/xml: { schema: { $ref: '#/components/schemas/NewPupil' } }\n",
    '',
    ['POST /pupils >', 'breaking', 'media-type-removed', 'application/xml is not taken any more.', production],
  ],
  [
    'a status changes',
    'school/openapi',
    "'201':",
    "'200':",
    [
      'POST /pupils < 201',
      'breaking',
      'status-changed',
      'The status 201 is not answered any more, but 200.',
      production,
    ],
  ],
  [
    'work is done later',
    'school/openapi',
    "'201':",
    "'202':",
    ['POST /pupils < 201', 'dangerous', 'answered-later', 'The answer is 202 now: the work is done later.', noticed],
  ],
  [
    'an error is another',
    'school/openapi',
    "        '404': ",
    "        '410': ",
    [
      'GET /pupils < 404',
      'breaking',
      'status-changed',
      'The status 404 is not answered any more, but 410.',
      production,
    ],
  ],
  [
    'an error may happen too',
    'school/openapi',
    "        '404': ",
    "        '429': { $ref: '#/components/responses/Problem' }\n        '404': ",
    ['GET /pupils < 429', 'dangerous', 'error-status-added', 'The error 429 may be answered too.', noticed],
  ],
  [
    'an error has a new code',
    'school/openapi',
    'enum: [HUB-1, HUB-2]',
    'enum: [HUB-1, HUB-2, HUB-3]',
    ['Problem.code', 'dangerous', 'response-enum-value-added', 'The value "HUB-3" is new.', noticed],
  ],
  [
    'more is asked of callers',
    'school/openapi',
    'security: [{ oauth: [read] }]',
    'security: [{ oauth: [read, write] }]',
    [
      'DELETE /pupils/{id}',
      'breaking',
      'access-raised',
      'More is asked of callers than before: oauth read and oauth write instead of oauth read.',
      trial,
    ],
    [
      'GET /pupils',
      'breaking',
      'access-raised',
      'More is asked of callers than before: oauth read and oauth write instead of oauth read.',
      production,
    ],
    [
      'GET /pupils/{id}',
      'breaking',
      'access-raised',
      'More is asked of callers than before: oauth read and oauth write instead of oauth read.',
      production,
    ],
    [
      'POST /pupils',
      'breaking',
      'access-raised',
      'More is asked of callers than before: oauth read and oauth write instead of oauth read.',
      production,
    ],
  ],
  [
    'less is asked of callers',
    'school/openapi',
    'security: [{ oauth: [read] }]',
    'security: [{ oauth: [read] }, {}]',
    [
      'DELETE /pupils/{id}',
      'compatible',
      'access-lowered',
      'Less is asked of callers than before: oauth read or nothing.',
      free,
    ],
    [
      'GET /pupils',
      'compatible',
      'access-lowered',
      'Less is asked of callers than before: oauth read or nothing.',
      free,
    ],
    [
      'GET /pupils/{id}',
      'compatible',
      'access-lowered',
      'Less is asked of callers than before: oauth read or nothing.',
      free,
    ],
    [
      'POST /pupils',
      'compatible',
      'access-lowered',
      'Less is asked of callers than before: oauth read or nothing.',
      free,
    ],
  ],
  [
    'one signs in elsewhere',
    'school/openapi',
    'hub.example/token',
    'hub.example/oauth/token',
    ['*', 'breaking', 'authentication-changed', 'Tokens of oauth are given at another address.', production],
  ],
  [
    'a member must be sent',
    'school/openapi',
    'required: [name]\n',
    'required: [name, born]\n',
    ['NewPupil.born', 'breaking', 'request-member-required', 'The member must be sent now.', production],
  ],
  [
    'a member is new and must be sent',
    'school/openapi',
    'required: [name]\n      additionalProperties: true\n      properties:\n',
    'required: [name, year]\n      additionalProperties: true\n      properties:\n        year: { type: integer }\n',
    ['NewPupil.year', 'breaking', 'request-member-required', 'The member is new and must be sent.', production],
  ],
  [
    'a member is new and may be sent',
    'school/openapi',
    '        nick: { type: string }',
    '        nick: { type: string }\n        year: { type: integer }',
    ['NewPupil.year', 'compatible', 'request-member-added', 'The member is new and may be sent.', free],
  ],
  [
    'a member may not be sent any more',
    'school/openapi',
    '        nick: { type: string }\n',
    '',
    ['NewPupil.nick', 'breaking', 'request-member-removed', 'The member may not be sent any more.', production],
  ],
  [
    'null may not be sent any more',
    'school/openapi',
    "born: { type: [string, 'null'], format: date }",
    'born: { type: string, format: date }',
    ['NewPupil.born', 'breaking', 'request-not-null', 'Null is not accepted any more.', production],
  ],
  [
    'a value may not be sent any more',
    'school/openapi',
    'enum: [low, high], default: low',
    'enum: [low], default: low',
    ['NewPupil.level', 'breaking', 'request-enum-value-removed', 'The value "high" is gone.', production],
  ],
  [
    'what is not sent counts as something else',
    'school/openapi',
    'enum: [low, high], default: low',
    'enum: [low, high], default: high',
    ['NewPupil.level', 'breaking', 'default-changed', 'The default has changed from "low" to "high".', production],
  ],
  [
    'a number must be larger',
    'school/openapi',
    'minimum: 0',
    'minimum: 1',
    ['NewPupil.size', 'breaking', 'request-range-narrowed', 'minimum has changed from 0 to 1.', production],
  ],
  [
    'only whole numbers may be sent',
    'school/openapi',
    'size: { type: number,',
    'size: { type: integer,',
    [
      'NewPupil.size',
      'breaking',
      'request-type-narrowed',
      'The type has become narrower, from number to integer.',
      production,
    ],
  ],
  [
    'members without names may not be sent',
    'school/openapi',
    'additionalProperties: true',
    'additionalProperties: false',
    [
      'NewPupil',
      'breaking',
      'request-closed',
      'Members that are not named may be of fewer kinds now, or of none.',
      production,
    ],
  ],
  [
    'the promise of an operation is lowered',
    'school/openapi',
    '      operationId: onePupil',
    '      operationId: onePupil\n      x-bindeledd-status: beta',
    ['GET /pupils/{id}', 'breaking', 'mark-lowered', 'The contract is beta now and was production.', production],
  ],
  [
    'a path of a beta API goes',
    'trial/openapi',
    '  /pupils/{id}:',
    '  /pupil/{id}:',
    ['DELETE /pupil/{id}', 'compatible', 'operation-added', 'The operation is new.', free],
    ['DELETE /pupils/{id}', 'breaking', 'operation-renamed', 'The operation has moved to DELETE /pupil/{id}.', trial],
    ['GET /pupil/{id}', 'compatible', 'operation-added', 'The operation is new.', free],
    ['GET /pupils/{id}', 'breaking', 'operation-renamed', 'The operation has moved to GET /pupil/{id}.', trial],
  ],
  [
    'a member of an experimental API goes',
    'lab/openapi',
    '        nick: { type: string }\n',
    '',
    ['NewPupil.nick', 'breaking', 'request-member-removed', 'The member may not be sent any more.', free],
  ],
  [
    "a member of answers goes, under six months' notice",
    'vendor/openapi',
    '        marks: { type: object, additionalProperties: { type: integer } }\n',
    '',
    ['Pupil.marks', 'breaking', 'response-member-removed', 'The member is gone from answers.', vendor],
  ],
  [
    'a parameter is new where nothing is developed any more',
    'old/openapi',
    "        - { $ref: '#/components/parameters/Trace' }\n",
    "        - { $ref: '#/components/parameters/Trace' }\n        - { name: year, in: query, schema: { type: integer } }\n",
    ['GET /pupils?year', 'compatible', 'parameter-added', 'The parameter is new and may be given.', frozen],
  ],
  [
    'a class goes',
    'school/model',
    '  school/School: { kind: main, superclass: null, writeable: false, servedAt: [], naturalKey: [], attributes: {}, relations: {} }\n',
    '',
    ['school/School', 'breaking', 'class-removed', 'The class is gone.', production],
  ],
  [
    'a class is new',
    'school/model',
    '  school/School:',
    '  school/Room: { kind: main, superclass: null, writeable: false, servedAt: [], naturalKey: [], attributes: {}, relations: {} }\n  school/School:',
    ['school/Room', 'compatible', 'class-added', 'The class is new.', free],
  ],
  [
    'a class is not served any more',
    'school/model',
    'servedAt: [school/pupil]',
    'servedAt: []',
    ['school/Pupil', 'breaking', 'collection-removed', 'It is not served at school/pupil any more.', production],
  ],
  [
    'a class may not be written any more',
    'school/model',
    'writeable: true\n    servedAt',
    'writeable: false\n    servedAt',
    ['school/Pupil', 'breaking', 'class-not-writeable', 'Clients may not write the class any more.', production],
  ],
  [
    'a class is a kind of nothing',
    'school/model',
    'superclass: school/Being',
    'superclass: null',
    [
      'school/Pupil',
      'breaking',
      'superclass-changed',
      'The class is a kind of nothing now, and was one of school/Being.',
      production,
    ],
  ],
  [
    'a class is known by something else',
    'school/model',
    'naturalKey: [number]',
    'naturalKey: [level]',
    ['school/Pupil', 'breaking', 'natural-key-changed', 'What it is known by is level now and was number.', production],
  ],
  [
    'ids that are made of keys begin with something else',
    'school/model',
    'number: 17',
    'number: 18',
    [
      'school/Pupil',
      'breaking',
      'id-form-changed',
      'Ids that are made of keys begin with 18 now and began with 17.',
      production,
    ],
  ],
  [
    'an identifier goes',
    'school/model',
    '      number: { type: school/Identifier, optional: false, list: false, identifier: true, writeable: true, sensitivity: personal, contract: null, values: null }\n',
    '',
    ['school/Pupil.number', 'breaking', 'identifier-removed', 'The identifier is gone.', production],
  ],
  [
    'an attribute goes',
    'school/model',
    '      level: { type: string, optional: true, list: false, identifier: false, writeable: true, sensitivity: open, contract: null, values: [low, high] }\n',
    '',
    ['school/Pupil.level', 'breaking', 'attribute-removed', 'The attribute is gone.', production],
  ],
  [
    'an attribute that is tried out goes',
    'school/model',
    '      tried: { type: string, optional: true, list: false, identifier: false, writeable: false, sensitivity: open, contract: experimental, values: null }\n',
    '',
    ['school/Pupil.tried', 'breaking', 'attribute-removed', 'The attribute is gone.', free],
  ],
  [
    'an attribute is of another type',
    'school/model',
    'level: { type: string,',
    'level: { type: integer,',
    ['school/Pupil.level', 'breaking', 'attribute-type-changed', 'The type is integer now and was string.', production],
  ],
  [
    'an attribute may be absent',
    'school/model',
    'optional: false, list: false, identifier: true',
    'optional: true, list: false, identifier: true',
    ['school/Pupil.number', 'breaking', 'attribute-optional', 'The attribute may be absent now.', production],
  ],
  [
    'an attribute becomes a list',
    'school/model',
    'level: { type: string, optional: true, list: false',
    'level: { type: string, optional: true, list: true',
    ['school/Pupil.level', 'breaking', 'multiplicity-changed', 'There may be several values now.', production],
  ],
  [
    'an attribute must be written',
    'school/model',
    'level: { type: string, optional: true',
    'level: { type: string, optional: false',
    ['school/Pupil.level', 'breaking', 'attribute-required', 'Who writes must give the attribute now.', production],
  ],
  [
    'an attribute is guarded more',
    'school/model',
    'sensitivity: open, contract: null, values: [low, high]',
    'sensitivity: personal, contract: null, values: [low, high]',
    [
      'school/Pupil.level',
      'breaking',
      'sensitivity-changed',
      'Its sensitivity is personal now and was open.',
      production,
    ],
  ],
  [
    'a value is new',
    'school/model',
    'values: [low, high]',
    'values: [low, high, top]',
    ['school/Pupil.level', 'dangerous', 'value-added', 'The value top is new.', noticed],
  ],
  [
    'a value goes',
    'school/model',
    'values: [low, high]',
    'values: [low]',
    ['school/Pupil.level', 'breaking', 'value-removed', 'The value high is gone.', production],
  ],
  [
    'a relation goes',
    'school/model',
    "    relations:\n      school: { target: school/School, multiplicity: '1', inverse: pupil, contract: null }\n",
    '    relations: {}\n',
    ['school/Pupil.school', 'breaking', 'relation-removed', 'The relation is gone.', production],
  ],
  [
    'a relation leads elsewhere',
    'school/model',
    'target: school/School',
    'target: school/Room',
    [
      'school/Pupil.school',
      'breaking',
      'relation-target-changed',
      'It leads to school/Room now and led to school/School.',
      production,
    ],
  ],
  [
    'a relation may lead nowhere',
    'school/model',
    "multiplicity: '1'",
    "multiplicity: '0..1'",
    ['school/Pupil.school', 'breaking', 'multiplicity-changed', 'There are 0..1 of it now and were 1.', production],
  ],
  [
    'nothing leads back',
    'school/model',
    'inverse: pupil',
    'inverse: null',
    ['school/Pupil.school', 'breaking', 'inverse-changed', 'What leads back is nothing now and was pupil.', production],
  ],
  [
    'a schema loses a member',
    'school/schemas',
    ', level: { type: string }',
    '',
    ['school/Pupil.level', 'breaking', 'request-member-removed', 'The member may not be sent any more.', production],
    ['school/Pupil.level', 'breaking', 'response-member-removed', 'The member is gone from answers.', production],
  ],
  [
    'a schema refers to another',
    'school/schemas',
    '/model/schema/common/Identifier }',
    '/model/schema/common/Number }',
    [
      'school/Pupil.number',
      'breaking',
      'type-changed',
      'It is common/Number now and was common/Identifier.',
      production,
    ],
  ],
  [
    'a schema goes',
    'school/schemas',
    '/model/schema/school/School: { type: object, properties: { title: { type: string } } }\n',
    '',
    ['school/School', 'breaking', 'schema-removed', 'The schema is gone.', production],
  ],
  [
    'a kind of event goes',
    'school/events',
    '  pupil.gone: { members: { id: string }, key: id, order: feed }\n',
    '',
    ['pupil.gone', 'breaking', 'event-kind-removed', 'Events of this kind are not told any more.', production],
  ],
  [
    'a kind of event is renamed',
    'school/events',
    '  pupil.gone:',
    '  pupil.removed:',
    ['pupil.gone', 'breaking', 'event-kind-removed', 'Events of this kind are not told any more.', production],
    ['pupil.removed', 'compatible', 'event-kind-added', 'The kind of events is new.', free],
  ],
  [
    'a kind of event is new',
    'school/events',
    '  pupil.gone:',
    '  pupil.made: { members: { id: string }, key: id, order: feed }\n  pupil.gone:',
    ['pupil.made', 'compatible', 'event-kind-added', 'The kind of events is new.', free],
  ],
  [
    'a member of events goes',
    'school/events',
    ", fields: 'string[]'",
    '',
    ['pupil.changed.fields', 'breaking', 'event-member-removed', 'The member is gone from events.', production],
  ],
  [
    'a member of events is new',
    'school/events',
    ", fields: 'string[]'",
    ", fields: 'string[]', at: string",
    ['pupil.changed.at', 'compatible', 'event-member-added', 'The member is new in events.', free],
  ],
  [
    'a member of events is of another type',
    'school/events',
    "fields: 'string[]'",
    'fields: string',
    [
      'pupil.changed.fields',
      'breaking',
      'event-member-changed',
      'The member is string now and was string[].',
      production,
    ],
  ],
  [
    'events belong together by something else',
    'school/events',
    'key: id, order: feed }\n  pupil.gone',
    'key: fields, order: feed }\n  pupil.gone',
    [
      'pupil.changed',
      'breaking',
      'event-key-changed',
      'Events belong together by fields now and not by id.',
      production,
    ],
  ],
  [
    'events are in order within less',
    'school/events',
    'members: { id: string }, key: id, order: feed',
    'members: { id: string }, key: id, order: key',
    [
      'pupil.gone',
      'breaking',
      'event-order-changed',
      'The order holds within a key now and not within a feed.',
      production,
    ],
  ],
  [
    'a field goes',
    'school/sdl',
    ' name: String!',
    '',
    ['Pupil.name', 'breaking', 'field-removed', 'The field is gone.', production],
  ],
  [
    'a field that is tried out goes',
    'school/sdl',
    ' tried: String @contract(status: "experimental")',
    '',
    ['Pupil.tried', 'breaking', 'field-removed', 'The field is gone.', production],
  ],
  [
    'a value of GraphQL is new',
    'school/sdl',
    'enum Level { LOW HIGH }',
    'enum Level { LOW HIGH TOP }',
    ['Level.TOP', 'dangerous', 'value-added', 'A new value: clients may meet what they do not know.', noticed],
  ],
  [
    'an argument has another default',
    'school/sdl',
    'active: Boolean = true',
    'active: Boolean = false',
    [
      'Query.pupil(active:)',
      'dangerous',
      'default-changed',
      'Where it is left out it counted as true and counts as false.',
      noticed,
    ],
  ],
  [
    'a contract is lowered',
    'school/contracts',
    'coordinate: Pupil.old, status: null',
    'coordinate: Pupil.old, status: beta',
    ['Pupil.old', 'breaking', 'mark-lowered', 'The contract is beta now and was production.', production],
  ],
  [
    'an element goes',
    'school/xsd',
    '<xs:element name="level" type="xs:string" minOccurs="0"/>',
    '',
    ['pupil/level', 'breaking', 'element-removed', 'The element is gone.', production],
  ],
  [
    'an element is new',
    'school/xsd',
    '<xs:element name="level" type="xs:string" minOccurs="0"/>',
    '<xs:element name="level" type="xs:string" minOccurs="0"/><xs:element name="colour" type="xs:string" minOccurs="0"/>',
    [
      'pupil/colour',
      'breaking',
      'element-added',
      'A new element, where the schema that clients know lets none stand.',
      production,
    ],
  ],
];

const asFound = (one: JudgedFinding): Found => [one.coordinate, one.kind, one.rule, one.text, verdictText(one).en];

for (const [name, where, from, to, ...found] of rows)
  test(`planted in ${where}: ${name}`, () => {
    const [api = '', kind = ''] = where.split('/');
    const [before, after] = [
      releaseOf([edited(api, kind as SmallArtefact)]),
      releaseOf([edited(api, kind as SmallArtefact, from, to)]),
    ];
    const { findings, breaches } = judge(before, after, { changes: [], releases, at });
    assert.deepEqual(findings.map(asFound), found);
    assert.equal(breaches.length, found.filter(([, , , , message]) => message !== free).length);
  });

const level = (name: string, to: string): ReleasedArtefact => ({
  ...edited('school', 'sdl', ' tried: String @contract(status: "experimental")', to),
  name: `school/${name}.graphql`,
});

test('a mark that stands in the schema and in the list of contracts is told once', () => {
  const tried = ' tried: String @contract(status: "experimental")';
  const [before, after] = [
    releaseOf([level('production', ''), level('experimental', tried), edited('school', 'contracts')]),
    releaseOf([
      level('production', ' tried: String'),
      level('experimental', ' tried: String'),
      edited('school', 'contracts', 'status: experimental', 'status: production'),
    ]),
  ];
  assert.deepEqual(
    judge(before, after, { changes: [], releases, at }).findings.map(({ coordinate, rule }) => [coordinate, rule]),
    [['Pupil.tried', 'mark-raised']],
  );
});

test('a part that is announced may go on its day, and not a second before', () => {
  const [before, after] = [
    releaseOf([edited('school', 'sdl'), edited('school', 'contracts')]),
    releaseOf([edited('school', 'sdl', ' old: String', ''), edited('school', 'contracts')]),
  ];
  const judged = (moment: number): readonly JudgedFinding[] =>
    judge(before, after, { changes: [], releases, at: moment }).findings;
  const day = startOfDay('2028-03-31');
  assert.deepEqual(
    judged(day).map(({ coordinate, verdict, change }) => [coordinate, verdict, change]),
    [['Pupil.old', 'announced', 'school-Pupil.old']],
  );
  const [early] = judged(day - 1_000);
  assert.ok(early !== undefined);
  assert.equal(early.verdict, 'too-early');
  assert.equal(
    verdictText(early).en,
    'The contract is production. It is announced (school-Pupil.old) and may be released on 2028-03-31.',
  );
});

const change: Change = {
  id: 'born-goes',
  api: 'school',
  coordinates: ['Pupil.born'],
  kind: 'breaking',
  text: { nb: 'Født blir borte.', en: 'Born goes.' },
  migration: { nb: 'Bruk alder.', en: 'Use age.' },
  replacement: 'Pupil.age',
  withoutReplacement: null,
  announcedAt: Date.parse('2026-11-20T09:00:00+01:00'),
  planned: { release: 2 },
  emergency: null,
  doneAt: null,
};
const born = 'born: { type: string, format: date }\n        level: { type: string, enum: [low, high] }';
const without = (moment: number, ...changes: readonly Change[]): readonly (readonly [string, string | null])[] =>
  judge(
    releaseOf([edited('school', 'openapi')]),
    releaseOf([edited('school', 'openapi', born, 'level: { type: string, enum: [low, high] }')]),
    { changes, releases, at: moment },
  ).findings.map(({ verdict, change: covering }) => [verdict, covering]);

test('an announcement counts for its part and what stands in it, of its API, when it has been delivered, and as firmly as it was made', () => {
  const day = startOfDay('2028-03-31');
  assert.deepEqual(without(day, change), [['announced', 'born-goes']]);
  assert.deepEqual(without(day, { ...change, coordinates: ['Pupil'] }), [['announced', 'born-goes']]);
  assert.deepEqual(without(day, { ...change, coordinates: ['*'] }), [['announced', 'born-goes']]);
  assert.deepEqual(without(day, { ...change, coordinates: ['Pupil.bor', 'Pupil.born.day'] }), [['unannounced', null]]);
  assert.deepEqual(without(day, { ...change, api: 'vendor' }), [['unannounced', null]]);
  assert.deepEqual(without(day, { ...change, announcedAt: null }), [['unannounced', null]]);
  assert.deepEqual(without(day, { ...change, announcedAt: day + 1 }), [['unannounced', null]]);
  assert.deepEqual(without(day, { ...change, kind: 'dangerous' }), [['unannounced', null]]);
  // Planned for later than it could have come: users count on what they were told.
  assert.deepEqual(without(day, { ...change, planned: { release: 3 } }), [['too-early', 'born-goes']]);
});

test('an emergency may come at once, is told as a breach, and takes somebody who answers for it', () => {
  const emergency = { reason: 'The member showed where protected persons live.', approver: 'The owner' };
  const now = { ...change, announcedAt: at - 1, planned: { at }, emergency };
  assert.deepEqual(without(at, now), [['emergency', 'born-goes']]);
  assert.deepEqual(without(at, { ...now, emergency: { ...emergency, approver: ' ' } }), [['too-early', 'born-goes']]);
});

test('what nothing is developed in any more changes where a mended fault is on record', () => {
  const fault: Change = { ...change, api: 'old', kind: 'compatible', coordinates: ['Pupil.nick'], announcedAt: at - 1 };
  const judged = (...changes: readonly Change[]): readonly string[] =>
    judge(
      releaseOf([edited('old', 'openapi')]),
      releaseOf([edited('old', 'openapi', '        marks:', '        nick: { type: string }\n        marks:')]),
      { changes, releases, at },
    ).findings.map(({ verdict }) => verdict);
  assert.deepEqual([judged(), judged(fault)], [['frozen'], ['announced']]);
});

const oldApis = (status: Status): ReleaseSet['apis'] => new Map([['old', { status, policy: 'sikt' }]]);

const titled = (title: string): ReleasedArtefact => {
  const one = edited('old', 'openapi', 'title: Small', `title: ${title}`);
  return { ...one, text: one.text.replace('"description":"Gone."', '"description":"Gone for good."') };
};

test('of what is not developed further, or is retiring, no description differs at all', () => {
  const plantings: readonly (readonly [ReleasedArtefact, ReleasedArtefact])[] = [
    [edited('old', 'openapi'), titled('Small')],
    [edited('old', 'openapi'), titled('Another')],
    [edited('old', 'openapi'), edited('old', 'openapi', 'version: 1.0.0', 'version: 1.0.1')],
    [edited('old', 'xsd'), edited('old', 'xsd', '</xs:schema>', '<!-- A comment. --></xs:schema>')],
    [edited('old', 'sdl'), edited('old', 'sdl', 'type Pupil {', '"A pupil." type Pupil {')],
  ];
  for (const status of ['not-further-developed', 'retiring'] as const)
    for (const [was, is] of plantings) {
      const { breaches } = judge(releaseOf([was], oldApis(status)), releaseOf([is], oldApis(status)), {
        changes: [],
        releases,
        at,
      });
      assert.deepEqual(
        breaches.map(({ coordinate, rule, verdict, artefact }) => [coordinate, rule, verdict, artefact]),
        [['*', 'description-changed', 'frozen', was.name]],
        `${status}: ${is.text.slice(0, 80)}`,
      );
      const [breach] = breaches;
      assert.ok(breach !== undefined);
      assert.equal(verdictText(breach).en, frozen.replace('not-further-developed', status));
    }
  // The same is nothing where something is developed.
  for (const [was, is] of plantings)
    assert.deepEqual(told(releaseOf([was], oldApis('production')), releaseOf([is], oldApis('production'))), []);
});

test('of what is frozen the order of members says nothing, a new description is a difference, and a new status is none', () => {
  const one = edited('old', 'openapi');
  const turned = {
    ...one,
    text: JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(one.text) as object).toReversed()), null, 2),
  };
  assert.deepEqual(told(releaseOf([one]), releaseOf([turned])), []);
  assert.deepEqual(told(releaseOf([one]), releaseOf([one, edited('old', 'xsd')])), [
    ['old', '*', 'description-added', 'frozen'],
  ]);
  assert.deepEqual(told(releaseOf([one], oldApis('not-further-developed')), releaseOf([one], oldApis('retiring'))), [
    ['old', '*', 'status-changed', 'free'],
  ]);
  assert.deepEqual(
    judge(releaseOf([one]), releaseOf([]), { changes: [], releases, at }).breaches.every(
      ({ verdict }) => verdict === 'unannounced',
    ),
    true,
  );
});

test('what is frozen ends as it was announced, and what is on record covers its texts with it', () => {
  const end: Change = { ...change, api: 'old', coordinates: ['*'] };
  const [before, after] = [
    releaseOf([edited('old', 'openapi')], oldApis('retiring')),
    releaseOf([], oldApis('retired')),
  ];
  const on = (moment: number, changes: readonly Change[]) =>
    judge(before, after, { changes, releases, at: moment }).breaches.map(({ rule, verdict }) => [rule, verdict]);
  assert.deepEqual(on(at, []), [['api-removed', 'unannounced']]);
  assert.deepEqual(on(at, [end]), [['api-removed', 'too-early']]);
  assert.deepEqual(on(startOfDay('2028-03-31'), [end]), []);
  const fault: Change = { ...end, kind: 'compatible', announcedAt: at - 1 };
  const mended = releaseOf([edited('old', 'openapi', 'description: Gone.', 'description: It is gone.')]);
  const still = releaseOf([edited('old', 'openapi')]);
  assert.deepEqual(judge(still, mended, { changes: [fault], releases, at }).breaches, []);
  assert.equal(
    judge(still, mended, { changes: [{ ...fault, coordinates: ['Pupil'] }], releases, at }).breaches.length,
    1,
  );
  // A part that changes is told by its name, and its text with it.
  const more = releaseOf([
    edited('old', 'openapi', '        marks:', '        nick: { type: string, description: Called. }\n        marks:'),
  ]);
  assert.deepEqual(told(still, more), [['old', 'Pupil.nick', 'response-member-added', 'frozen']]);
});

const told = (before: ReleaseSet, after: ReleaseSet): readonly (readonly [string, string, string, string])[] =>
  judge(before, after, { changes: [], releases, at }).findings.map(({ api, coordinate, rule, verdict }) => [
    api,
    coordinate,
    rule,
    verdict,
  ]);
const school = (status: Status | null): ReleaseSet =>
  releaseOf([], new Map(status === null ? [] : [['school', { status, policy: 'sikt' }]]));

test('an API that goes or is promised less, and a description that goes', () => {
  assert.deepEqual(told(school('production'), school(null)), [['school', '*', 'api-removed', 'unannounced']]);
  assert.deepEqual(told(school('production'), school('retired')), [['school', '*', 'api-removed', 'unannounced']]);
  assert.deepEqual(told(school('production'), school('beta')), [['school', '*', 'mark-lowered', 'unannounced']]);
  assert.deepEqual(told(school('beta'), school('production')), [['school', '*', 'mark-raised', 'free']]);
  assert.deepEqual(told(school('production'), school('not-further-developed')), [
    ['school', '*', 'status-changed', 'free'],
  ]);
  assert.deepEqual(told(school(null), school('beta')), [['school', '*', 'api-added', 'free']]);
  const none = releaseOf([]);
  assert.deepEqual(told(releaseOf([edited('school', 'sdl')]), none), [
    ['school', '*', 'description-removed', 'unannounced'],
  ]);
  assert.deepEqual(
    told(releaseOf([edited('school', 'events')]), none).map(([, coordinate, rule]) => [coordinate, rule]),
    [
      ['pupil.changed', 'event-kind-removed'],
      ['pupil.gone', 'event-kind-removed'],
    ],
  );
  assert.deepEqual(told(none, releaseOf([edited('school', 'events')])), [['school', '*', 'description-added', 'free']]);
});

const differing = (from: string, to: string): readonly JudgedFinding[] =>
  judge(releaseOf([edited('school', 'sdl')]), releaseOf([edited('school', 'sdl', from, to)]), {
    changes: [],
    releases,
    at,
  }).findings;

test('a document that breaks holds a release back where nothing of its API takes notice', () => {
  const broken = {
    document: 'd',
    name: 'Pupils',
    application: 'timetable',
    owner: 'vestmark.test',
    api: 'school',
    errors: ['It may ask for too much.'],
  };
  assert.deepEqual(brokenByNothing([broken], []), [broken]);
  assert.deepEqual(brokenByNothing([broken], differing(' old: String', ' old: String more: String')), [broken]);
  assert.deepEqual(brokenByNothing([broken], differing(' old: String', '')), []);
  assert.deepEqual(brokenByNothing([{ ...broken, api: 'vendor' }], differing(' old: String', '')), [
    { ...broken, api: 'vendor' },
  ]);
});
