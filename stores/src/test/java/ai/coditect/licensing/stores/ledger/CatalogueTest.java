package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What must hold of every table, key, role and function there is, so that one made tomorrow is held
 * to it too. Each test lists what breaks its rule.
 */
class CatalogueTest {

  /** Ours, and whatever else somebody made in this database. */
  private static final String IN_OUR_SCHEMAS =
      """
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND c.relname !~ '^flyway_schema_history'
      """;

  /** The group of the API's logins, and its members but the operator, who made it. */
  private static final String API_ROLES =
      """
      SELECT * FROM pg_roles r
      WHERE r.rolname = 'licensing_api' OR (r.rolname <> 'licensing' AND EXISTS (
        SELECT FROM pg_auth_members m
        WHERE m.member = r.oid AND m.roleid = 'licensing_api'::regrole))
      """;

  private static TestLedger database;

  @BeforeAll
  static void makeATenant() {
    database = TestLedger.migrated();
    database.tenant("catalogued");
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @Test
  void everyTableNamesTheTenantOfEachRow() {
    assertThat(
            list(
                "SELECT c.oid::regclass::text "
                    + IN_OUR_SCHEMAS
                    + """
                    AND c.relkind IN ('r', 'p', 'm', 'f', 'v') AND NOT EXISTS (
                      SELECT FROM pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
                    """))
        .isEmpty();
  }

  @Test
  void everyTableHasRowSecurityThatBindsItsOwnerToo() {
    assertThat(
            list(
                "SELECT c.oid::regclass::text "
                    + IN_OUR_SCHEMAS
                    + "AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"))
        .isEmpty();
  }

  /** Whatever keeps no rows of its own must ask as whom it was asked; a copy of rows cannot. */
  @Test
  void nothingShowsRowsWithoutTheirPolicies() {
    assertThat(
            list(
                "SELECT c.oid::regclass::text "
                    + IN_OUR_SCHEMAS
                    + """
                    AND (c.relkind IN ('m', 'f') OR (c.relkind = 'v'
                      AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)))
                    """))
        .isEmpty();
  }

  @Test
  void everyPolicySaysWhatMayBeReadAndWhatMayBeWritten() {
    assertThat(
            list(
                """
                SELECT polrelid::regclass || ': ' || polname FROM pg_policy
                WHERE polcmd <> '*' OR polqual IS NULL OR polwithcheck IS NULL
                """))
        .isEmpty();
  }

  /** A policy for everybody, or for a role that tenants do not share, would be a hole. */
  @Test
  void policiesAreTheOperatorsAndTheTenantsOwn() {
    assertThat(
            list(
                """
                SELECT DISTINCT polname || ' for ' || polroles::regrole[]::text || ': '
                  || pg_get_expr(polqual, polrelid) || ', ' || pg_get_expr(polwithcheck, polrelid)
                FROM pg_policy
                """))
        .containsExactlyInAnyOrder(
            "operator for {licensing}: true, true",
            "own_rows for {licensing_api}: (CURRENT_USER = ('tenant_'::text || tenant_id)), (CURRENT_USER = ('tenant_'::text || tenant_id))");
  }

  @Test
  void everyUniqueKeyBeginsWithTheTenant() {
    assertThat(
            list(
                "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN (SELECT c.oid "
                    + IN_OUR_SCHEMAS
                    + """
                    ) c ON c.oid = i.indrelid
                    WHERE (i.indisunique OR i.indisprimary OR i.indisexclusion) AND NOT EXISTS (
                      SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid
                        AND a.attnum = i.indkey[0] AND a.attname = 'tenant_id')
                    """))
        .isEmpty();
  }

  @Test
  void everyForeignKeyBeginsWithTheTenantOnBothSides() {
    assertThat(
            list(
                """
                SELECT k.conrelid::regclass || ': ' || k.conname FROM pg_constraint k
                WHERE k.contype = 'f' AND NOT (
                  EXISTS (
                    SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid
                      AND a.attnum = k.conkey[1] AND a.attname = 'tenant_id')
                  AND EXISTS (
                    SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid
                      AND a.attnum = k.confkey[1] AND a.attname = 'tenant_id'))
                """))
        .isEmpty();
  }

  @Test
  void noFunctionRunsWithTheRightsOfWhoeverMadeIt() {
    assertThat(
            list(
                """
                SELECT p.oid::regprocedure::text FROM pg_proc p
                JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                  AND (p.prosecdef OR p.proleakproof)
                """))
        .isEmpty();
  }

  /** A rule or a trigger would act with rights, or on rows, that the statement does not name. */
  @Test
  void noStatementDoesMoreThanItSays() {
    assertThat(
            list(
                "SELECT c.oid::regclass::text "
                    + IN_OUR_SCHEMAS
                    + """
                    AND (EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
                      OR EXISTS (
                        SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'))
                    """))
        .isEmpty();
  }

  @Test
  void noLoginOfTheApiHasMoreThanALogin() {
    assertThat(
            list(
                "SELECT rolname FROM ("
                    + API_ROLES
                    + ") r WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"))
        .isEmpty();
  }

  @Test
  void noLoginOfTheApiBelongsToMoreThanTheGroup() {
    assertThat(
            list(
                "SELECT r.rolname || ' in ' || m.roleid::regrole FROM ("
                    + API_ROLES
                    + ") r JOIN pg_auth_members m ON m.member = r.oid WHERE m.roleid <> 'licensing_api'::regrole OR m.admin_option"))
        .isEmpty();
  }

  /** Of no kind and in no database of the server. */
  @Test
  void noLoginOfTheApiOwnsAnything() {
    assertThat(
            list(
                "SELECT r.rolname || ' owns ' || d.classid::regclass FROM ("
                    + API_ROLES
                    + ") r JOIN pg_shdepend d ON d.refobjid = r.oid AND d.refclassid = 'pg_authid'::regclass WHERE d.deptype = 'o'"))
        .isEmpty();
  }

  @Test
  void noLoginOfTheApiMayPassOnWhatItMay() {
    assertThat(
            list(
                """
                SELECT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) g
                WHERE g.is_grantable AND g.grantee <> c.relowner
                UNION
                SELECT a.attrelid::regclass::text FROM pg_attribute a, aclexplode(a.attacl) g
                WHERE g.is_grantable
                """))
        .isEmpty();
  }

  @Test
  void everybodyElseMayDoNothing() {
    assertThat(
            list(
                "SELECT c.oid::regclass::text || ': ' || g.privilege_type FROM (SELECT c.* "
                    + IN_OUR_SCHEMAS
                    + ") c, aclexplode(c.relacl) g WHERE g.grantee = 0"))
        .isEmpty();
    assertThat(
            list(
                """
                SELECT n.nspname || ': ' || g.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) g
                WHERE g.grantee = 0 AND n.nspname = 'licensing'
                """))
        .isEmpty();
  }

  @Test
  void whatThereIsBelongsToTheOperatorWhoIsNoSuperuser() {
    assertThat(list("SELECT DISTINCT c.relowner::regrole::text " + IN_OUR_SCHEMAS))
        .containsExactly(TestLedger.OPERATOR);
    assertThat(
            list(
                "SELECT rolname FROM pg_roles WHERE rolname = 'licensing' AND (rolsuper OR rolbypassrls)"))
        .isEmpty();
  }

  private static List<String> list(String sql) {
    return database.list(sql, row -> row.getString(1));
  }
}
