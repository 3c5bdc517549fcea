/**
 * The seat protocol in virtual time, through thousands of schedules of faults.
 *
 * <p>A {@link ai.coditect.licensing.simulator.Simulation} is one run: {@link
 * ai.coditect.licensing.simulator.Pod pods}, {@link ai.coditect.licensing.simulator.Client
 * clients}, an {@link ai.coditect.licensing.simulator.Operator operator} and a {@link
 * ai.coditect.licensing.simulator.Nemesis nemesis}, actors on one {@link
 * ai.coditect.licensing.simulator.Timeline timeline}, of which one acts at a time. All that is
 * random comes from the seed, so a seed is a schedule.
 *
 * <p>In each pod is the product's own code: {@code SeatDesk}, {@code SeatTaker}, {@code
 * IndexLoader}, {@code FullPools}, {@code LicenseKeys}, {@code SeatSigner}, {@code Sweeper}, {@code
 * CallLine}, {@code BatchWriter}, {@code SeatTransaction}, {@code SeatDecisions}, {@code
 * RedisSeatIndex} and the Lua scripts. Only what is below them is a model: the statements of {@code
 * SeatSql} on {@code ModelPostgres}, and the commands of Redis on {@code ModelRedis}. The models
 * stand in the packages of what they drive, since that is not public.
 *
 * <p>What clients were told goes to {@code hack/histories}, which knows nothing of all this and
 * judges it. To see a seed with all its steps: {@code hack/mvn -pl hack/simulator -am test
 * -Dtest=SimulatorTest -Dsurefire.failIfNoSpecifiedTests=false -Dseed=17}.
 */
package ai.coditect.licensing.simulator;
