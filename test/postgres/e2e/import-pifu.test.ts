// e2e/import-pifu.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/import-pifu.test.ts';
