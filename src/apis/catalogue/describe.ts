// The OpenAPI description of the catalogue's own API. Called by catalogue-api.ts; its text is a golden file.
import { statuses } from '#catalogue/contract.ts';
import { accessRights, apiStyles, documentKinds, policyIds } from '#catalogue/catalogue.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { promotionStates } from '#catalogue/promotion.ts';
import { healthLights } from '#catalogue/use-health.ts';
import { infoOf } from '#mappings/mapping-schema.ts';
import { sensitivities } from '#model/check.ts';
import type { CatalogueEntry } from '#apis/api.ts';
import { healthPath } from './health-route.ts';
import { atomPath, jsonFeedPath, promotionsPath } from './feeds.ts';
import { linksetPath, linksetType } from './linkset.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const text = (description: string, more: Json = {}): Json => ({ type: 'string', description, ...more });
const orNull = (schema: Json): Json => ({ oneOf: [schema, { type: 'null' }] });
const list = (items: Json, description: string): Json => ({ type: 'array', items, description });
const day = (description: string): Json => text(description, { format: 'date' });
const dayOrNull = (description: string): Json => ({ type: ['string', 'null'], format: 'date', description });
const textOrNull = (description: string): Json => ({ type: ['string', 'null'], description });

/** All members are there always. */
const object = (description: string, properties: Readonly<Record<string, Json>>): Json => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
});

const version = {
  type: ['integer', 'null'],
  description: 'The main version in force; null before the first.',
} as const;
const words = ref('Words');
const contact = ref('Contact');

const schemas: Readonly<Record<string, Json>> = {
  Words: {
    type: 'object',
    description: 'The same in bokmål, nynorsk (may be left out) and English.',
    properties: { nb: text('Bokmål.'), nn: text('Nynorsk.'), en: text('English.') },
    required: ['nb', 'en'],
  },
  Status: text('How an API or a part of it is offered.', { enum: statuses }),
  Contact: {
    type: 'object',
    description: 'Whom one turns to.',
    properties: {
      name: words,
      email: textOrNull('E-mail address.'),
      url: textOrNull('Address of a page.'),
      organisationNumber: textOrNull('Nine digits.'),
    },
    required: ['name', 'email', 'url'],
  },
  Catalogue: object('What the catalogue is, its main versions, and its rules.', {
    name: words,
    description: words,
    publisher: contact,
    licence: text("Of the descriptions: a code of the EU's authority table."),
    version,
    releases: list(
      object('A main version.', {
        version: { type: 'integer', description: 'Its number.' },
        day: day('When it comes.'),
      }),
      'Main versions, in order.',
    ),
    next: object('The main version that comes next.', {
      version: { type: 'integer', description: 'Its number.' },
      day: day('When it comes; the first day on which it may, where no day is set.'),
      dated: { type: 'boolean', description: 'A day has been set.' },
    }),
    policies: {
      type: 'object',
      description: 'The rules of notice, by policy.',
      additionalProperties: words,
    },
    statuses: {
      type: 'object',
      description: 'What a status is called and promises.',
      additionalProperties: object('A status.', { name: words, promise: words }),
    },
    thresholds: { type: 'object', description: 'What has to hold before a promise is raised.' },
    links: { type: 'object', description: 'Where the rest is.', additionalProperties: { type: 'string' } },
  }),
  Apis: object('Every API.', {
    version,
    apis: list(
      object('An API.', {
        id: text('Its id.'),
        name: words,
        description: words,
        status: ref('Status'),
        since: day('Since when it has that status.'),
        retires: dayOrNull('The day on which it may end at the earliest.'),
        offered: { type: 'boolean', description: 'It can be called at this hub.' },
        href: text('Where more is told.', { format: 'uri' }),
      }),
      'In the order of the catalogue.',
    ),
  }),
  Api: object('An API with all that it promises.', {
    id: text('Its id.'),
    name: words,
    description: words,
    style: text('How it is spoken to.', { enum: apiStyles }),
    address: textOrNull('Where it begins; null = it cannot be called.'),
    offered: { type: 'boolean', description: 'It can be called at this hub.' },
    status: ref('Status'),
    since: day('Since when it has that status.'),
    retires: dayOrNull('The day on which it may end at the earliest.'),
    promise: orNull(words),
    policy: text('The rules of notice that it is under.', { enum: policyIds }),
    owner: contact,
    contacts: list(contact, 'Others whom one may turn to.'),
    support: contact,
    feedback: orNull(contact),
    versions: list(
      object('A version of its own.', {
        version: text('Its number.'),
        since: day('When it came.'),
        until: dayOrNull('When it went.'),
      }),
      'The newest first.',
    ),
    documents: list(
      object('A description.', {
        kind: text('What it is.', { enum: documentKinds }),
        href: text('Where it is.', { format: 'uri' }),
        type: text('Media type.'),
        name: orNull(words),
        flags: list({ type: 'string' }, 'The flags under which it holds.'),
      }),
      'Descriptions, for machines and for people.',
    ),
    contracts: textOrNull('Where the contract of each part is told.'),
    dataClasses: list({ type: 'string', enum: sensitivities }, 'What its data can be.'),
    accessRights: text('Who may use it at all.', { enum: accessRights }),
    access: words,
    goals: orNull(
      object('What the owner aims at.', {
        availability: { type: 'number', description: 'Per cent of each month.' },
        p95Ms: { type: 'integer', description: 'Milliseconds within which 95 of 100 answers come.' },
        answerHours: { type: 'integer', description: 'Hours within which a report is answered, on working days.' },
      }),
    ),
    knownFaults: list(
      object('A fault.', {
        id: text('Its id.'),
        severity: { type: 'integer', minimum: 1, maximum: 3, description: '1 is the worst.' },
        since: day('Since when it is known.'),
        until: dayOrNull('When it was mended.'),
        text: words,
      }),
      'Faults that are known.',
    ),
    pilots: list({ type: 'string' }, 'Institutions that have tried it.'),
    successor: orNull(object('What takes its place.', { api: text('Id of the API.'), migration: words })),
    reconstructed: orNull(words),
    changes: list(ref('Change'), 'What was announced of it.'),
  }),
  Change: object('Something that changes for those who use an API.', {
    id: text('Its id.'),
    api: text('Id of the API.'),
    coordinates: list({ type: 'string' }, 'The parts; `*` = the API as a whole.'),
    kind: text('What it is to users.', { enum: ['breaking', 'dangerous', 'compatible'] }),
    text: words,
    migration: orNull(words),
    replacement: textOrNull('The part that takes its place.'),
    withoutReplacement: orNull(words),
    announced: { type: ['string', 'null'], format: 'date-time', description: 'When it was announced.' },
    planned: {
      type: 'object',
      description: 'When it may take effect at the earliest.',
      properties: {
        release: { type: 'integer', description: 'With this main version.' },
        day: dayOrNull('On this day.'),
      },
      required: ['day'],
    },
    emergency: orNull(
      object('A breach for the sake of security or law.', {
        reason: text('Why.'),
        approver: text('Who has approved it.'),
      }),
    ),
    done: { type: ['string', 'null'], format: 'date-time', description: 'When it took effect.' },
  }),
  UseHealth: object('How an application stands with what will go.', {
    application: text('Client id.'),
    environment: text('Use in this environment alone is looked at.'),
    since: day('The first day that counts.'),
    light: text('The worst of the parts.', { enum: healthLights }),
    parts: list(
      object('An announcement that touches what the application uses.', {
        api: text('Id of the API.'),
        change: textOrNull('Id of the change; null = the API as a whole retires.'),
        uses: list({ type: 'string' }, 'What of it the application uses.'),
        count: { type: 'integer', description: 'Requests since the first day.' },
        lastUsed: day('When it was used last.'),
        announced: day('When its end was announced.'),
        earliestRemoval: day('When it may be gone.'),
        replacement: textOrNull('What takes its place.'),
        text: words,
        light: text('Not used any more, used and there until a day, or used and it may be gone any time.', {
          enum: healthLights,
        }),
        urgency: {
          type: ['string', 'null'],
          enum: ['yellow', 'red', null],
          description: 'Of `fix-by`: red when there are 30 days left or fewer.',
        },
      }),
      'What goes first stands first.',
    ),
  }),
  Changes: object('What was announced.', { version, changes: list(ref('Change'), 'The newest last.') }),
  Contracts: object('Parts that are offered otherwise than the API as a whole, and parts that are to go.', {
    api: text('Id of the API.'),
    catalogueVersion: version,
    status: ref('Status'),
    since: dayOrNull('Since when it has that status.'),
    elements: list(
      {
        type: 'object',
        description: 'A part.',
        properties: {
          coordinate: text('Which part.'),
          status: ref('Status'),
          since: dayOrNull('Since when it has that status.'),
          flags: list({ type: 'string' }, 'Flags that it takes.'),
          deprecated: textOrNull('Why it should not be used any more.'),
          announced: dayOrNull('When its end was announced.'),
          earliestRemoval: dayOrNull('When it may go at the earliest.'),
          replacement: textOrNull('The part that takes its place.'),
        },
        required: ['coordinate', 'status', 'since', 'deprecated', 'announced', 'earliestRemoval', 'replacement'],
      },
      'By coordinate.',
    ),
  }),
  PromotionCheck: object('A condition of a promotion.', {
    id: text('Its id.'),
    holds: { type: 'boolean', description: 'It holds.' },
    needed: words,
    found: words,
  }),
  Promotions: object('Promotions of parts of APIs.', {
    promotions: list(
      object('Parts that are to be promised more firmly.', {
        id: text('Its id.'),
        api: text('Id of the API.'),
        asked: list({ type: 'string' }, 'The parts that were asked for; `*` = the API as a whole.'),
        coordinates: list({ type: 'string' }, 'These, and all that has to be raised with them.'),
        from: ref('Status'),
        to: ref('Status'),
        need: text('Why it is needed.'),
        use: text('What it is used for.'),
        applicant: text('The organisation that asks.'),
        institution: text('The institution that tries it.'),
        state: text('How far it is.', { enum: promotionStates }),
        askedAt: text('When.', { format: 'date-time' }),
        confirmations: list(
          object('That an institution has tried it.', {
            institution: text('The organisation.'),
            text: text('What it says.'),
            at: text('When.', { format: 'date-time' }),
          }),
          'In the order in which they came.',
        ),
        decision: orNull(
          object('What was decided.', {
            at: text('When.', { format: 'date-time' }),
            reasons: words,
            checks: list(ref('PromotionCheck'), 'How each condition stood then.'),
          }),
        ),
      }),
      'In the order in which they were asked for.',
    ),
  }),
  Problem: {
    type: 'object',
    description: 'A problem document (RFC 9457).',
    properties: {
      type: text('Address of what the code means.'),
      title: text('What is wrong.'),
      status: { type: 'integer', description: 'HTTP status.' },
      detail: text('What is wrong with this request.'),
      code: text('What programs look for.'),
      requestId: text('To be quoted when asking for help.'),
    },
    required: ['type', 'title', 'status', 'code'],
  },
};

const json = (name: string): Json => ({ 'application/json': { schema: ref(name) } });
const page: Json = { 'text/html': { schema: text('A page for people.') } };
const plain = (type: string): Json => ({ [type]: { schema: text('The text.') } });

const language = {
  name: 'lang',
  in: 'query',
  description: 'Language of pages and of the calendar; Accept-Language otherwise.',
  schema: { type: 'string', enum: ['nb', 'nn', 'en'] },
};
const id = { name: 'id', in: 'path', required: true, description: 'Id of an API.', schema: { type: 'string' } };

const get = (operationId: string, summary: string, content: Json, parameters: readonly Json[] = []): Json => ({
  get: {
    operationId,
    summary,
    description: 'Open to everybody. With If-None-Match, 304 when nothing has changed.',
    security: [],
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      '200': { description: 'The answer.', content },
      '304': { description: 'Nothing has changed.' },
      ...(parameters.includes(id)
        ? {
            '404': {
              description: 'There is no such API.',
              content: { 'application/problem+json': { schema: ref('Problem') } },
            },
          }
        : {}),
    },
  },
});

/** The document as JSON text. */
export const describeCatalogue = (entry: CatalogueEntry): string => {
  const document = {
    openapi: '3.1.0',
    info: infoOf(entry),
    [partMark]: entry.status,
    servers: [{ url: '/' }],
    security: [],
    paths: {
      '/': get(
        'home',
        'The catalogue as a page; as JSON for whoever asks for that first.',
        { ...page, ...json('Apis') },
        [language],
      ),
      '/catalogue': get(
        'catalogue',
        'What the catalogue is, its main versions, and its rules.',
        {
          ...json('Catalogue'),
          ...page,
        },
        [language],
      ),
      '/catalogue/apis': get('apis', 'Every API.', { ...json('Apis'), ...page }, [language]),
      '/catalogue/apis/{id}': get('api', 'One API.', { ...json('Api'), ...page }, [id, language]),
      '/catalogue/apis/{id}/contracts.json': get(
        'contracts',
        'The contract of each part of an API.',
        json('Contracts'),
        [id],
      ),
      '/catalogue/changes': get('changes', 'What was announced.', json('Changes')),
      [atomPath]: get(
        'changesAtom',
        'What was announced, done, called off or decided, as an Atom feed.',
        plain('application/atom+xml'),
      ),
      [jsonFeedPath]: get('changesFeed', 'The same as a JSON Feed.', {
        'application/feed+json': { schema: { type: 'object' } },
      }),
      [promotionsPath]: get(
        'promotions',
        'What was asked to be promised more firmly, and what was decided.',
        json('Promotions'),
      ),
      [healthPath]: {
        get: {
          operationId: 'health',
          summary: 'How the application that asks stands with what will go.',
          description: 'Takes the access token of a client or an adapter, with any scope.',
          responses: {
            '200': { description: 'The answer.', content: json('UseHealth') },
            '401': {
              description: 'A token is needed.',
              content: { 'application/problem+json': { schema: ref('Problem') } },
            },
          },
        },
      },
      '/catalogue/calendar.ics': get('calendar', 'Dates as a calendar.', plain('text/calendar'), [language]),
      '/catalogue/dcat.ttl': get('turtle', 'DCAT-AP-NO as Turtle.', plain('text/turtle')),
      '/catalogue/dcat.jsonld': get('jsonLd', 'DCAT-AP-NO as JSON-LD.', {
        'application/ld+json': { schema: { type: 'object' } },
      }),
      '/catalogue/openapi.json': get('openapi', 'This document.', {
        'application/json': { schema: { type: 'object' } },
      }),
      [linksetPath]: get('linkset', 'The catalogue as links (RFC 9727).', {
        [linksetType]: { schema: { type: 'object' } },
      }),
    },
    components: { schemas },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
};
