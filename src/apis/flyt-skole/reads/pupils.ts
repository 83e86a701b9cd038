// Reading pupils: lists, one by id or national id, and the guardians and groups of one (facts 2.2). Put into operations.ts.
import type { Narrow } from '#hub/documents/document.ts';
import { schemaRef, schemasOf } from '#mappings/mapping-schema.ts';
import { groupTypes } from '../mappings/group.ts';
import type { PupilFacts } from '../mappings/facts.ts';
import { kindsOf } from '../mappings/kinds.ts';
import { membersThrough } from '../mappings/member-rows.ts';
import { personOf, pupilsAtSchool, pupilsInClass, pupilsOnLevel, pupilsWhoHave } from '../mappings/ways.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { Operations, VfsCall, VfsDeps } from '../operation.ts';
import { booleanParameter, idParameter, integerParameter, oneOfParameter, pathId } from '../parameters.ts';
import {
  findOne,
  findPage,
  itemsAnswer,
  listAnswer,
  oneAnswer,
  pageAnswer,
  partAnswer,
  textIn,
  uidIn,
  uidOf,
} from './answers.ts';
import {
  listAnswers,
  nameParameter,
  oneAnswers,
  pageParameters,
  partAnswers,
  schoolParameter,
  schoolYearParameter,
  shownParameters,
} from './describe.ts';
import { lookupOperation } from './lookup.ts';
import { matchesName, namedExactly } from './name-filter.ts';

const statuses = ['active', 'moved', 'deceased', 'all'] as const;

type Asked = {
  readonly status: (typeof statuses)[number];
  readonly school: number | undefined;
  readonly level: number | undefined;
  readonly class: number | undefined;
  readonly year: string | undefined;
  readonly first: string | undefined;
  readonly last: string | undefined;
};

const askedOf = (deps: VfsDeps, call: VfsCall): Asked => ({
  status: statuses.find((one) => one === call.query['status']) ?? 'active',
  school: uidIn(deps, call, 'schoolId'),
  level: typeof call.query['level'] === 'number' ? call.query['level'] : undefined,
  class: uidIn(deps, call, 'classId'),
  year: textIn(call, 'schoolYear'),
  first: textIn(call, 'firstName'),
  last: textIn(call, 'lastName'),
});

const narrowOf = ({ status, school, level, class: inClass, first, last }: Asked): Narrow | null =>
  allOf([
    status === 'moved' || status === 'deceased' ? pupilsWhoHave(status) : null,
    school === undefined ? null : pupilsAtSchool(school),
    inClass === undefined ? null : pupilsInClass(inClass),
    level === undefined ? null : pupilsOnLevel(level),
    namedExactly(personOf, 'fornavn', first),
    namedExactly(personOf, 'etternavn', last),
  ]);

/** All that is asked of school, class, level and year is held against one and the same enrolment. */
const accepts =
  ({ status, school, level, class: inClass, year, first, last }: Asked) =>
  ({ names, status: standing, enrolments }: PupilFacts): boolean => {
    if (!matchesName(names.given, first) || !matchesName(names.family, last)) return false;
    const now = status === 'active' && year === undefined;
    const fits = enrolments.some(
      (one) =>
        (school === undefined || one.school === school) &&
        (level === undefined || one.level === level) &&
        (year === undefined || one.year === year) &&
        (inClass === undefined || one.classes.some(({ uid, current }) => uid === inClass && (!now || current))) &&
        (status !== 'active' || (year === undefined ? one.current : !one.broken)),
    );
    if (status === 'active') return standing !== 'moved' && standing !== 'deceased' && fits;
    const anyEnrolment = school === undefined && level === undefined && inClass === undefined && year === undefined;
    return (status === 'all' || standing === status) && (anyEnrolment || fits);
  };

const scopes = ['vfs:pupils.read'];
const tag = 'pupils';
const pupilId = pathId('pupilId', { nb: 'Elevens id.', en: 'Id of the pupil.' });

export const pupilReads: Operations = (deps) => {
  const kinds = kindsOf(deps.model);
  const { pupil } = kinds;
  const shown = shownParameters([pupil.reading]);
  return {
    schemas: { ...schemasOf([pupil.reading]), ...schemasOf(kinds.members) },
    operations: [
      {
        id: 'listPupils',
        tag,
        method: 'GET',
        path: '/pupils',
        scopes,
        summary: { nb: 'Elever', en: 'Pupils' },
        describe: {
          nb: 'Elevene applikasjonen kan se, de som går på skolen i dag hvis ikke annet er bedt om. Skole, klasse, trinn og skoleår gjelder en og samme tilknytning.',
          en: 'The pupils that the application may see, those who go to school today unless others are asked for. School, class, level and school year are of one and the same enrolment.',
        },
        parameters: [
          schoolParameter,
          integerParameter(
            'level',
            { nb: 'Bare på dette trinnet.', en: 'Only on this level.' },
            { minimum: 1, maximum: 10 },
          ),
          idParameter('classId', { nb: 'Bare i denne klassen.', en: 'Only in this class.' }),
          nameParameter('firstName', 'Fornavnet', 'Given name'),
          nameParameter('lastName', 'Etternavnet', 'Family name'),
          oneOfParameter(
            'status',
            {
              nb: 'active: går på skolen i dag (eller i skoleåret som er oppgitt). moved og deceased: status i folkeregisteret. all: alle.',
              en: 'active: goes to school today (or in the school year given). moved and deceased: standing in the population register. all: everyone.',
            },
            statuses,
            'active',
          ),
          schoolYearParameter({
            nb: 'Bare tilknytninger i dette skoleåret, i stedet for i dag.',
            en: 'Only enrolments of this school year, instead of today.',
          }),
          ...shown,
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Pupil'),
        examples: [
          { summary: 'All active pupils, five at a time', path: '/pupils', query: { limit: '5' }, status: 200 },
          {
            summary: 'A class with guardians, so that nobody has to be asked for one by one',
            path: '/pupils',
            query: { classId: '{classId}', include: 'class,school,guardians' },
            status: 200,
          },
          {
            summary: 'Names and numbers of those who have moved away',
            path: '/pupils',
            query: { status: 'moved', fields: 'fullName,pupilNumber,registerStatusDate' },
            status: 200,
          },
          { summary: 'There is no level of 14', path: '/pupils', query: { level: '14' }, status: 400 },
        ],
        handle: (call) => {
          const asked = askedOf(deps, call);
          return listAnswer(deps, call, { kinds: [pupil], narrow: [narrowOf(asked)], accept: accepts(asked) });
        },
      },
      {
        id: 'getPupil',
        tag,
        method: 'GET',
        path: '/pupils/{pupilId}',
        scopes,
        summary: { nb: 'En elev', en: 'One pupil' },
        describe: {
          nb: 'En elev, også når eleven har sluttet. Det som ikke kan ses, og det som ikke finnes, får samme svar.',
          en: 'A pupil, also one who has left. What may not be seen and what does not exist are answered alike.',
        },
        parameters: [pupilId, ...shown],
        body: null,
        answers: oneAnswers('Pupil'),
        examples: [
          {
            summary: 'With guardians and groups',
            path: '/pupils/{pupilId}',
            query: { include: 'guardians,groups,class,school' },
            status: 200,
          },
        ],
        handle: async (call) =>
          oneAnswer(
            call,
            await findOne(deps, call, { kinds: [pupil], uid: uidOf(deps, call, call.path['pupilId'] ?? '') }),
          ),
      },
      lookupOperation(deps, pupil, {
        id: 'lookupPupil',
        tag,
        path: '/pupils/lookup',
        scopes: ['vfs:pupils.nin'],
        also: ['vfs:pupils.read'],
        summary: { nb: 'Finn en elev med fødselsnummer', en: 'Find a pupil by national id' },
        parameters: shown,
        answers: oneAnswers('Pupil'),
        examples: [{ summary: 'By number', path: '/pupils/lookup', body: { nin: '{pupilNin}' }, status: 200 }],
      }),
      {
        id: 'listPupilGuardians',
        tag,
        method: 'GET',
        path: '/pupils/{pupilId}/guardians',
        scopes: ['vfs:guardians.read'],
        summary: { nb: 'De foresatte til en elev', en: 'The guardians of a pupil' },
        describe: {
          nb: 'De som i dag har minst én rettighet for eleven og ikke er sperret. Telefon og e-post bare når forholdet gir rett til varsler, meldinger eller kriseinformasjon. Foreldreansvar alene gir ingen adgang.',
          en: 'Those who have at least one right for the pupil today and are not shut out. Telephone and e-mail only when the relation gives a right to alerts, messages or emergency messages. Parental responsibility alone gives no access.',
        },
        parameters: [pupilId],
        body: null,
        answers: partAnswers(schemaRef('PupilGuardians')),
        examples: [{ summary: 'Of one pupil', path: '/pupils/{pupilId}/guardians', status: 200 }],
        handle: (call) =>
          partAnswer(deps, call, { kinds: [pupil], uid: uidOf(deps, call, call.path['pupilId'] ?? '') }, 'guardians'),
      },
      {
        id: 'listPupilGroups',
        tag,
        method: 'GET',
        path: '/pupils/{pupilId}/groups',
        scopes: ['vfs:groups.read'],
        summary: { nb: 'Gruppene til en elev', en: 'The groups of a pupil' },
        describe: {
          nb: 'Medlemskapene til eleven, også de som er slutt hvis ikke annet er bedt om.',
          en: "The pupil's memberships, those that have ended too unless others are asked for.",
        },
        parameters: [
          pupilId,
          oneOfParameter(
            'type',
            { nb: 'Bare i grupper av denne typen.', en: 'Only in groups of this type.' },
            groupTypes,
          ),
          booleanParameter('active', {
            nb: 'true: bare de som gjelder i dag. false: bare de andre.',
            en: 'true: only those that hold today. false: only the others.',
          }),
          ...shownParameters(kinds.memberships.map(({ reading }) => reading)),
          ...pageParameters,
        ],
        body: null,
        answers: listAnswers('Membership'),
        examples: [{ summary: 'Today', path: '/pupils/{pupilId}/groups', query: { active: 'true' }, status: 200 }],
        handle: async (call) => {
          const uid = uidOf(deps, call, call.path['pupilId'] ?? '');
          const { active, type } = call.query;
          const found = await findPage(deps, call, {
            kinds: kinds.memberships,
            narrow: kinds.memberships.map((_, index) => membersThrough(index, 'pupil', uid)),
            accept: (facts) =>
              facts.pupil === uid &&
              (type === undefined || facts.type === type) &&
              (active === undefined || facts.current === active),
          });
          if ('answer' in found) return found.answer;
          if (found.shown.documents.length > 0 || found.shown.next !== null || call.query['cursor'] !== undefined)
            return pageAnswer(deps, call, found.shown);
          // Nothing found: of a pupil without groups, or of no pupil at all.
          const one = await findOne(deps, call, {
            kinds: [pupil],
            uid,
            choice: { fields: new Set(['id']), includes: new Set(), now: { today: '' } },
          });
          return 'answer' in one ? one.answer : itemsAnswer(call, [], one.sensitive);
        },
      },
    ],
  };
};
