// The elements that services answer with: what an operation's answer is as an element, and the two that are alike in all of them, of writes and of what went
// wrong. Called by the writers of answers and of schemas. Pure.
import type { AnswerForm, ElementForm } from './service.ts';

const code: ElementForm = {
  name: 'kode',
  required: true,
  describe: {
    nb: '0 når det gikk bra, 1 når det ikke er avgjort, ellers tallet i feilkoden: 103 er HUB-103.',
    en: '0 when it went well, 1 when it is not decided, else the number of the error code: 103 is HUB-103.',
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
