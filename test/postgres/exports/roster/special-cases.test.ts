// exports/roster/special-cases.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../exports/roster/special-cases.test.ts';
