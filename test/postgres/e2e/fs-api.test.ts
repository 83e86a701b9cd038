// e2e/fs-api.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/fs-api.test.ts';
