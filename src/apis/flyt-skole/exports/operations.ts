// Exports for learning platforms and identity systems (facts 2.4): a file is asked for, made, looked at, fetched, confirmed or given up; or streamed while
// it is made. Who makes it is behind the port. Put into operations.ts of the API.
import { limits } from '#base/limits.ts';
import type { Text } from '#model/model.ts';
import { schemaRef, type Schema } from '#mappings/mapping-schema.ts';
import type { Answer, Operation, OperationGroup, Operations } from '../operation.ts';
import { formParameter, integerParameter, oneOfParameter, pathId, sealedParameter } from '../parameters.ts';
import { schoolYearParameter } from '../reads/describe.ts';
import { idempotencyHeader } from '../writes/conditions.ts';
import { fileType } from './content.ts';
import { exportHandlers, usualRuns } from './handlers.ts';
import { exportFormats, exportProfiles, exportTypes } from './ports.ts';
import { exportSchemas } from './schemas.ts';

const text = (nb: string, en: string): Text => ({ nb, en });

const scopes = ['vfs:lmsexport'];
const tag = 'exports';

const exportId = pathId('exportId', text('Kjøringens id.', 'Id of the run.'));
const at = '/lms-exports/{exportId}';

const reportOf = (schema: string, words: Text): Answer => ({ describe: words, schema });

const orderMembers = {
  format: oneOfParameter('format', text('Formatet.', 'The format.'), exportFormats),
  profile: oneOfParameter(
    'profile',
    text(
      'Utgaven av formatet; ellers den som er satt for applikasjonen, eller den første i formatet.',
      'The edition of the format; else the one that is set for the application, or the first of the format.',
    ),
    exportProfiles,
  ),
  type: oneOfParameter(
    'type',
    text('full: alt. delta: det som er endret.', 'full: everything. delta: what has changed.'),
    exportTypes,
    'full',
  ),
  since: sealedParameter(
    'since',
    text(
      'Bare for delta: `position` fra en tidligere kjøring; ellers siden den forrige av samme slag.',
      'Of a delta only: `position` of an earlier run; else since the last one of the kind.',
    ),
  ),
  schoolYear: schoolYearParameter(text('Skoleåret; ellers det som er nå.', 'The school year; else the present one.')),
};

const ids = formParameter(
  {
    name: 'schoolIds',
    describe: text(
      'Bare disse skolene, med komma mellom; ellers alle applikasjonen ser.',
      'Only these schools, with commas between; else all that the application sees.',
    ),
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: limits.exportSchools,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 64 },
    },
  },
  'takes ids of schools, with commas between',
  (given) => {
    const list = given.split(',').map((one) => one.trim());
    return list.length <= limits.exportSchools && list.every((one) => /^[\w-]{1,64}$/.test(one))
      ? new Set(list)
      : undefined;
  },
);

/** A file may hold whatever the most that can be opened shows. */
const fileSchema: Schema = { type: 'string', format: 'binary', 'x-data-class': 'special' };

export const exportOperations: Operations = (deps): OperationGroup => {
  const { start, list, show, read, fetchFile, decide, cancel, stream } = exportHandlers(deps);
  const common = { tag, scopes, parameters: [exportId], body: null } as const;
  const reasonBody = { schema: schemaRef('ExportReason'), type: 'application/json' } as const;
  const operations: readonly Operation[] = [
    {
      ...common,
      id: 'startExport',
      method: 'POST',
      path: '/lms-exports',
      summary: text('Be om en eksport', 'Ask for an export'),
      describe: text(
        'Filen lages i bakgrunnen og kontrolleres før den gis ut. Svaret er 202 med rapporten så langt; Location er adressen for resten. En fil holder det applikasjonens omfang åpner, og ingenting annet. En delta sammenligner med det applikasjonen er fortalt, så den er nøyaktig også når det er tilgangen som er endret.',
        'The file is made in the background and checked before it is given out. The answer is 202 with the report so far; Location is where the rest is told. A file holds what the scopes of the application open, and nothing else. A delta compares with what the application was told, so it is exact even where it is access that has changed.',
      ),
      parameters: [],
      body: { schema: schemaRef('ExportOrder'), type: 'application/json' },
      headers: [idempotencyHeader],
      answers: {
        202: {
          describe: text('Tatt imot.', 'Taken.'),
          schema: 'ExportReport',
          headers: { Location: 'The address of the run.', 'Retry-After': 'Seconds after which asking makes sense.' },
        },
      },
      examples: [
        { summary: 'Everything, as PIFU', path: '/lms-exports', body: { format: 'pifu' }, status: 202 },
        {
          summary: 'One school as IMS Enterprise, for Moodle, once',
          path: '/lms-exports',
          body: { format: 'ims', profile: 'ims-1.1-moodle', schoolIds: ['{schoolId}'], schoolYear: '{schoolYear}' },
          headers: { 'Idempotency-Key': '{key}' },
          status: 202,
        },
        {
          summary: 'A profile of another format',
          path: '/lms-exports',
          body: { format: 'pifu', profile: 'abc-1' },
          status: 400,
        },
      ],
      handle: start,
    },
    {
      ...common,
      id: 'listExports',
      method: 'GET',
      path: '/lms-exports',
      summary: text('Applikasjonens eksporter', 'The exports of the application'),
      describe: text(
        'De siste kjøringene, den nyeste først. Andres er ikke med.',
        'The latest runs, the newest first. Those of others are not among them.',
      ),
      parameters: [
        integerParameter('limit', text('Høyeste antall.', 'How many, at most.'), {
          minimum: 1,
          maximum: limits.exportRuns,
          usual: usualRuns,
        }),
      ],
      answers: {
        200: {
          describe: text('Kjøringene.', 'The runs.'),
          schema: {
            type: 'object',
            properties: {
              items: {
                type: 'array',
                items: schemaRef('ExportSummary'),
                description: 'The runs.',
                'x-nb': 'Kjøringene.',
              },
            },
            required: ['items'],
          },
        },
      },
      examples: [{ summary: 'The last five', path: '/lms-exports', query: { limit: '5' }, status: 200 }],
      handle: list,
    },
    {
      ...common,
      id: 'getExport',
      method: 'GET',
      path: at,
      summary: text('En eksport', 'One export'),
      describe: text(
        'Hvor langt den er kommet, og rapporten: hva som er med, hva som ikke er med og hvorfor, hva som er endret, kontrollen, og hvem som har hentet filen.',
        'How far it has come, and the report: what is in it, what is left out and why, what has changed, the check, and who has fetched the file.',
      ),
      answers: { 200: reportOf('ExportReport', text('Rapporten så langt.', 'The report so far.')) },
      examples: [
        { summary: 'A run', path: '/lms-exports/{readyExportId}', status: 200 },
        { summary: 'A run of somebody else', path: '/lms-exports/AAAAAAAAAAAAAAAA', status: 404 },
      ],
      handle: show,
    },
    {
      ...common,
      id: 'getExportReport',
      method: 'GET',
      path: `${at}/report`,
      summary: text('Rapporten', 'The report'),
      describe: text(
        'Den samme rapporten, som JSON, eller som en side tekst til å lese (`format=text` eller `Accept: text/plain`; på norsk når Accept-Language begynner med nb, nn eller no).',
        'The same report as JSON, or as a page of text to read (`format=text` or `Accept: text/plain`; in Norwegian when Accept-Language begins with nb, nn or no).',
      ),
      parameters: [
        exportId,
        oneOfParameter(
          'format',
          text('Formen; ellers den Accept ber om.', 'The form; else the one that Accept asks for.'),
          ['json', 'text'],
        ),
      ],
      answers: {
        200: {
          ...reportOf('ExportReport', text('Rapporten.', 'The report.')),
          besides: { 'text/plain; charset=utf-8': { type: 'string' } },
        },
      },
      examples: [
        {
          summary: 'As a page of text',
          path: '/lms-exports/{readyExportId}/report',
          query: { format: 'text' },
          status: 200,
        },
      ],
      handle: read,
    },
    {
      ...common,
      id: 'getExportContent',
      method: 'GET',
      path: `${at}/content`,
      summary: text('Filen', 'The file'),
      describe: text(
        'Filen når den er klar; komprimert for den som tar gzip, i deler med Range. ETag er SHA-256 av filen. Den som står og venter på bekreftelse, er 409 HUB-420, en som ikke er klar 409 HUB-409, en som er utløpt 410 HUB-419.',
        'The file when it is ready; compressed for those who take gzip, in parts by Range. ETag is the SHA-256 of the file. One that waits to be confirmed is 409 HUB-420, one that is not ready 409 HUB-409, one that has expired 410 HUB-419.',
      ),
      headers: [
        { name: 'Range', describe: text('Ett område av filen, i byte.', 'One range of the file, in bytes.') },
        {
          name: 'If-Range',
          describe: text('ETag som området hører til.', 'The ETag that the range belongs to.'),
        },
      ],
      answers: {
        200: {
          describe: text('Filen.', 'The file.'),
          schema: fileSchema,
          type: fileType,
          headers: { 'Content-Disposition': 'The name of the file.' },
        },
        206: {
          describe: text('Området av filen.', 'The range of the file.'),
          schema: fileSchema,
          type: fileType,
          headers: { 'Content-Range': 'Which bytes of how many.' },
        },
        304: { describe: text('Uendret.', 'Unchanged.'), schema: null },
      },
      examples: [
        { summary: 'The whole file', path: '/lms-exports/{readyExportId}/content', status: 200 },
        {
          summary: 'The first kilobyte',
          path: '/lms-exports/{readyExportId}/content',
          headers: { Range: 'bytes=0-1023' },
          status: 206,
        },
      ],
      handle: fetchFile,
    },
    {
      ...common,
      id: 'confirmExport',
      method: 'POST',
      path: `${at}/confirm`,
      summary: text('Bekreft en eksport som venter', 'Confirm an export that waits'),
      describe: text(
        'En kjøring som ville ta bort flere medlemskap enn innstillingen tillater, gis ikke ut før noen har sett på rapporten og sagt ja. Krever en begrunnelse.',
        'A run that would take away more memberships than the setting allows is not given out before somebody has looked at its report and said yes. Needs a reason.',
      ),
      body: reasonBody,
      answers: { 200: reportOf('ExportReport', text('Bekreftet.', 'Confirmed.')) },
      examples: [
        {
          summary: 'A run that waits',
          path: '/lms-exports/{heldExportId}/confirm',
          body: { reason: 'The school was closed' },
          status: 200,
        },
        {
          summary: 'A run that does not wait',
          path: '/lms-exports/{readyExportId}/confirm',
          body: { reason: 'The school was closed' },
          status: 409,
        },
      ],
      handle: decide('confirm'),
    },
    {
      ...common,
      id: 'rejectExport',
      method: 'POST',
      path: `${at}/reject`,
      summary: text('Avvis en eksport som venter', 'Reject an export that waits'),
      describe: text(
        'Filen gis aldri ut, og ingen senere kjøring sammenlignes med den. Krever en begrunnelse.',
        'The file is never given out, and no later run is compared with it. Needs a reason.',
      ),
      body: reasonBody,
      answers: { 200: reportOf('ExportReport', text('Avvist.', 'Rejected.')) },
      examples: [
        {
          summary: 'A run that waits',
          path: '/lms-exports/{heldExportId}/reject',
          body: { reason: 'A delivery was missing' },
          status: 200,
        },
        {
          summary: 'A run that does not wait',
          path: '/lms-exports/{readyExportId}/reject',
          body: { reason: 'A delivery was missing' },
          status: 409,
        },
      ],
      handle: decide('reject'),
    },
    {
      ...common,
      id: 'cancelExport',
      method: 'DELETE',
      path: at,
      summary: text('Gi opp en eksport', 'Give an export up'),
      describe: text(
        'Stopper en kjøring som venter eller er i gang. En som er ferdig, står.',
        'Stops a run that waits or is under way. One that is finished stays.',
      ),
      answers: { 200: reportOf('ExportReport', text('Gitt opp.', 'Given up.')) },
      examples: [
        { summary: 'A run that has just been asked for', path: '/lms-exports/{newExportId}', status: 200 },
        { summary: 'A run that is finished', path: '/lms-exports/{readyExportId}', status: 409 },
      ],
      handle: cancel,
    },
    {
      ...common,
      id: 'streamExport',
      method: 'GET',
      path: '/lms-export',
      summary: text('En eksport som strøm', 'An export as a stream'),
      describe: text(
        'Den enkle formen: svaret er filen, mens den lages. Location er adressen til kjøringen og rapporten. Blir noe galt, eller skulle kjøringen ha vært bekreftet, brytes forbindelsen før slutten, så ingen tar en del for det hele: ta bare vare på en fil som kom helt fram.',
        'The simple form: the answer is the file while it is made. Location is the address of the run and its report. If something goes wrong, or the run should have been confirmed, the connection is broken off before the end, so that nobody takes a part for the whole: keep a file only when it has come to its end.',
      ),
      parameters: [
        { ...orderMembers.format, required: true },
        orderMembers.profile,
        orderMembers.type,
        orderMembers.since,
        ids,
        orderMembers.schoolYear,
      ],
      answers: {
        200: {
          describe: text('Filen.', 'The file.'),
          schema: fileSchema,
          type: fileType,
          headers: { 'Content-Disposition': 'The name of the file.', Location: 'The address of the run.' },
        },
      },
      examples: [
        {
          summary: 'Everything, as PIFU 1.1',
          path: '/lms-export',
          query: { format: 'pifu', profile: 'pifu-ims-1.1' },
          status: 200,
        },
        { summary: 'One school', path: '/lms-export', query: { format: 'abc', schoolIds: '{schoolId}' }, status: 200 },
        { summary: 'There is no such format', path: '/lms-export', query: { format: 'csv' }, status: 400 },
      ],
      handle: stream,
    },
  ];
  return { operations, schemas: exportSchemas };
};
