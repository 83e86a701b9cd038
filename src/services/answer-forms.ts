// The elements that services answer with: what an operation's answer is as an element, and the two that are alike in all of them, of writes and of what went
// wrong. Called by the writers of answers and of schemas. Pure.
import type { AnswerForm, ElementForm } from './service.ts';
import { statusTable } from './statuses.ts';

const code: ElementForm = {
  name: 'kode',
  required: true,
  describe: {
    nb: `${statusTable.ok.code} når det gikk bra, ${statusTable.waiting.code} når det er tatt imot og ikke avgjort; bruksveiledningen har de andre. De samme tallene som i FSWS-CRUD.`,
    en: `${statusTable.ok.code} when it went well, ${statusTable.waiting.code} when it is taken and not decided; the guide has the others. The same numbers as in FSWS-CRUD.`,
  },
  content: { type: 'integer' },
};
const message: ElementForm = {
  name: 'melding',
  required: true,
  describe: { nb: 'Hva som skjedde, i ord.', en: 'What happened, in words.' },
  content: { type: 'string' },
};
const reference: ElementForm = {
  name: 'referanse',
  describe: {
    nb: 'Det som kundestøtte trenger for å finne forespørselen.',
    en: 'What support needs to find the request.',
  },
  content: { type: 'string' },
};

/** What a write answers, and over REST what any operation does that cannot be carried out. */
export const statusForm: ElementForm = {
  name: 'status',
  describe: { nb: 'Hvordan det gikk.', en: 'How it went.' },
  members: [code, message, reference],
};

/** The detail of a fault over SOAP. */
export const faultForm: ElementForm = {
  name: 'feil',
  describe: { nb: 'Hva som gikk galt.', en: 'What went wrong.' },
  members: [code, message, { ...reference, required: true }],
};

/** The element of an answer. */
export const elementOfAnswer = (answer: AnswerForm): ElementForm => {
  switch (answer.kind) {
    case 'one':
      return answer.element;
    case 'rows': {
      const { name, describe, attributes, row, among = [row] } = answer;
      const members = among.map((one): ElementForm => ({ ...one, most: null }));
      return { name, describe, ...(attributes === undefined ? {} : { attributes }), members };
    }
    case 'status':
      return statusForm;
  }
};
