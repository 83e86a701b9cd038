// e2e/university.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/university.test.ts';
