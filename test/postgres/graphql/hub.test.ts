// graphql/hub.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../graphql/hub.test.ts';
