// Persons of an import, as they come: who they are, what they are said to be, and who is gone. They are written at the end (finish.ts).
import type { PifuPerson } from '#formats/pifu/record.ts';
import {
  employeeCollection,
  isPupilByNumber,
  isStaffByNumber,
  numberOf,
  personCollection,
  pupilCollection,
  schoolResourceCollection,
  staffPersonCollection,
  unplacedOf,
  withoutNumbers,
  type Number as PersonNumber,
} from './mappings/persons.ts';
import { isGuardian, isHere, isPupil, isStaff, noted, type ImportState } from './state.ts';

/** Gives what takes a person. */
export const personTaker = (state: ImportState) => {
  const {
    options,
    sink,
    keys,
    persons,
    seen,
    localNumbers,
    kin,
    unplaced,
    counts,
    say,
    isDelta,
    remember,
    inFull,
    numberAt,
  } = state;
  const noteNumber = (person: PifuPerson, key: string, place: number): void => {
    const { number, wrong } = numberOf(person);
    if (wrong) say('warning', 'HUB-637', person.line, 'person', 'a userid that is no number of its kind');
    if (number === null) return;
    if (!seen.add(`number ${number.value}`)) {
      say('warning', 'HUB-637', person.line, 'person', 'a userid that somebody else in the file has');
      return;
    }
    if (number.kind === 'midlertidig') {
      if (!remember(person.line, 'person')) return;
      localNumbers.set(key, number.value);
      persons.setNumber(place, 3);
    } else persons.setNumber(place, Number(number.value) * 4 + (number.kind === 'dufnummer' ? 2 : 1));
  };

  const removePerson = (key: string, number: PersonNumber | null): void => {
    sink.removed(pupilCollection, key);
    sink.removed(schoolResourceCollection, key);
    sink.removed(employeeCollection, key);
    if (number === null) return;
    sink.removed(personCollection, number.value);
    sink.removed(staffPersonCollection, number.value);
  };

  const takePerson = (person: PifuPerson): void => {
    counts.persons += 1;
    if (!inFull(person, 'person')) return;
    const key = keys.of(person.id);
    const place = persons.place(key);
    if ((persons.flags(place) & isHere) !== 0) {
      say('kept-back', 'HUB-634', person.line, 'person', 'the sourcedid stands twice');
      return;
    }
    persons.mark(place, isHere);
    if (isDelta() && person.change === 'delete') {
      removePerson(key, numberOf(person).number ?? { value: numberAt(key).value, kind: 'midlertidig' });
      return;
    }
    noteNumber(person, key, place);
    if (isPupilByNumber(person)) persons.mark(place, isPupil);
    if (isStaffByNumber(person)) persons.mark(place, isStaff);
    for (const element of unplacedOf(person)) unplaced.set(element, (unplaced.get(element) ?? 0) + 1);
    for (const contact of person.contacts) {
      const other = keys.of(contact.id);
      if (contact.kind === 'guardian') persons.mark(persons.place(other), isGuardian);
      else if (remember(person.line, 'person')) noted(kin, other).push(key);
    }
    for (const former of isDelta() ? person.former : []) {
      removePerson(keys.of(former), null);
      say(
        'warning',
        'HUB-638',
        person.line,
        'person',
        'the sourcedid has changed: memberships under the old one go with the next full file',
      );
    }
    const { person: told, left } = withoutNumbers(person);
    if (left) say('warning', 'HUB-637', person.line, 'person', 'a national id in a userid or email of another kind');
    options.persons.put(JSON.stringify([key, told]));
  };

  return takePerson;
};
