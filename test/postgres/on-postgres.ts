// Imported before a suite that runs on the engine that `TEST_DIALECT` names: in this process that is PostgreSQL, with fewer cases where each takes
// long. Used by the twins in the folders beside it.
process.env['TEST_DIALECT'] = 'postgres';
process.env['TEST_CASES'] = 'few';
