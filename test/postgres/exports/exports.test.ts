// exports/exports.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../exports/exports.test.ts';
