// hub/primary-school.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/primary-school.test.ts';
