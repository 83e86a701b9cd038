// What students are taught, and have asked to be taught (facts 4.2). In the model it is a right once a place has been given, and an application before it; an
// application that has led to a right is told by the right.
import type { Narrow } from '#hub/documents/document.ts';
import { value } from '#mappings/field.ts';
import { through } from '#mappings/narrowing.ts';
import { always, codeValue, keyFields, reference, referenceWithin } from './field.ts';
import { byCourse, byNumber, byPerson, bySemester, byText, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'At en student følger, eller har søkt om å følge, undervisningen av et emne.',
  en: 'That a student follows, or has applied to follow, the teaching of a course.',
};

const keyed = {
  ...keyFields('studentundervisning'),
  // The term, once more beside the teaching: clients ask by it and read it there.
  semester: referenceWithin('studentundervisning', 'semester', 'semestre', 4),
};

const filters = [
  byPerson('student.personProfil'),
  ...bySemester('semester', 'termin'),
  ...bySemester('undervisning.semester', 'termin'),
  ...byCourse('undervisning.emne', 'emne'),
  byNumber('undervisning.terminnummer', 'terminnummer'),
];

const allOfThem: Narrow = { kind: 'all', of: [] };

const published = value('Sann når opptaket kan vises.', 'True when the admission may be shown.', 'opptakKanPubliseres');

export const studentundervisning: FsApiResource = {
  name: 'studentundervisning',
  type: 'StudentUndervisning',
  describe,
  successor: 'EmneStudierett, EmneSoknad',
  tables: [
    table('studentundervisning', 'StudentUndervisning', describe, {
      collection: 'fs/undervisning/emnestudierett',
      fields: {
        ...keyed,
        opptatt: value('Sann for den som har plass.', 'True for those who have a place.', '@self', {
          convert: always(true),
        }),
        publiserOpptak: published,
        campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
      },
      filters,
    }),
    table('studentundervisning', 'StudentUndervisning', describe, {
      collection: 'fs/undervisning/emnesoknad',
      fields: {
        ...keyed,
        opptatt: value('Sann for den som har plass.', 'True for those who have a place.', '@self', {
          convert: always(false),
        }),
        publiserOpptak: published,
        soknadsstatus: value('Hvor søknaden står.', 'How the application stands.', 'soknadsstatus'),
        fremmote: value('Sann for den som har møtt.', 'True for those who have turned up.', 'mott'),
        svarPaTilbud: codeValue('Svaret på tilbudet.', 'Answer to the offer.', 'svarPaTilbud'),
        tilbudstatus: codeValue('Hvor tilbudet står.', 'How the offer stands.', 'tilbudstatus'),
      },
      // Those that have led to a right are told by it.
      only: { kind: 'not', of: through(['emneStudierett'], allOfThem), keepsHidden: true },
      filters: [...filters, byText('tilbudstatus.kode', 'tilbudstatus.kode')],
    }),
  ],
};
