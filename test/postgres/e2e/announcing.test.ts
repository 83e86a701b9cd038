// e2e/announcing.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/announcing.test.ts';
