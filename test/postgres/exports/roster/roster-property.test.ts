// exports/roster/roster-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../exports/roster/roster-property.test.ts';
