// What the description says of writes wherever they stand. Used by the operations of plans and of recognition.

/** Of parameters that point out what is to go. */
export const drawn = {
  nb: 'Hvordan det som skal bort, pekes ut, er ikke offentlig: her er det en parameter.',
  en: 'How what is to go is pointed out is not public: here it is a parameter.',
};

/** The answer where a source system decides. */
export const taken = {
  202: {
    describe: { nb: 'Tatt imot; kildesystemet bestemmer.', en: 'Taken; the source system decides.' },
    schema: 'Endring',
  },
} as const;
