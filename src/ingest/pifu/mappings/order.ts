// In which order the collections of an import are delivered: what others point to first. The hub takes any order; this one leaves the fewest links
// that lead nowhere for a while. Called by the command line.

const order = [
  'grunnskole/kommune/skoleeier',
  'utdanning/utdanningsprogram/skole',
  'grunnskole/sfo/sfo',
  'utdanning/timeplan/fag',
  'utdanning/elev/person',
  'administrasjon/personal/person',
  'utdanning/elev/elev',
  'administrasjon/personal/personalressurs',
  'utdanning/elev/skoleressurs',
  'grunnskole/foresatt/foresattforhold',
  'utdanning/elev/kontaktperson',
  'utdanning/elev/klasse',
  'utdanning/elev/kontaktlarergruppe',
  'utdanning/timeplan/undervisningsgruppe',
  'utdanning/timeplan/faggruppe',
  'utdanning/utdanningsprogram/utdanningsprogram',
  'utdanning/utdanningsprogram/programomrade',
  'utdanning/vurdering/eksamensgruppe',
  'grunnskole/gruppe/skolegruppe',
  'grunnskole/sfo/sfogruppe',
  'utdanning/elev/elevforhold',
  'grunnskole/stilling/skolestilling',
  'utdanning/elev/undervisningsforhold',
];

/** The collections given, in the order in which to deliver them; those that are in no order last. */
export const inOrder = (collections: readonly string[]): readonly string[] =>
  [...collections].sort((one, other) => placeOf(one) - placeOf(other) || (one < other ? -1 : 1));

const placeOf = (collection: string): number => {
  const place = order.indexOf(collection);
  return place === -1 ? order.length : place;
};
