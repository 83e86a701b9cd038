// app/engine-exports.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../app/engine-exports.test.ts';
