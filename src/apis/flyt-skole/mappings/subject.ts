// Subject: what is taught, with its code in Grep (facts 2.6, 10). A source has one for each school that offers it. Read by reads/metadata.ts.
import type { Mapping } from '#mappings/mapping.ts';
import { subjectCode } from '#mappings/converters.ts';
import { value, values } from '#mappings/field.ts';

export const subject: Mapping = {
  name: 'subject',
  schema: 'Subject',
  collection: 'utdanning/timeplan/fag',
  describe: { nb: 'Et fag ved en eller flere skoler.', en: 'A subject of one or several schools.' },
  fields: {
    code: value('Fagkoden i Grep.', 'Code of the subject in Grep.', '@self', { convert: subjectCode }),
    name: value('Fagets navn.', 'Name of the subject.', 'navn'),
    description: value('Hva faget er.', 'What the subject is.', 'beskrivelse'),
    schoolIds: values('Skolene som tilbyr faget.', 'Schools that offer the subject.', 'skole.@id'),
  },
};
