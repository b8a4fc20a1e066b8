package io.stillstream.faults;

import java.nio.file.Path;

/**
 * A pipeline, somebody who feeds it, and somebody who watches its broker.
 *
 * @param lastResort ends the processes, and unmounts the disk, should the tests be ended
 */
record Stage(
    Site site, Feed feed, Cluster cluster, Scale scale, Path directory, Thread lastResort) {
  static Stage open(Path home, Path directory, Scale scale) {
    Site site = new Site(home, directory);
    Thread lastResort = new Thread(site::close, "last-resort");
    Runtime.getRuntime().addShutdownHook(lastResort);
    return new Stage(
        site,
        new Feed(new Images(home, site.clients()), site.clients()),
        new Cluster(site.clients()),
        scale,
        directory,
        lastResort);
  }

  Trial trial() {
    return new Trial(site, feed, cluster, scale);
  }

  /**
   * Ends everything.
   *
   * @param keep whether settings, logs and data of the processes stay, to be looked at
   */
  void close(boolean keep) {
    Runtime.getRuntime().removeShutdownHook(lastResort);
    feed.close();
    cluster.close();
    site.close();
    if (!keep) {
      Command.run("rm", "-rf", directory.toString());
    }
  }
}
