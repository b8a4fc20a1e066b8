package io.stillstream.local.demo.cluster;

import io.stillstream.local.access.Role;
import java.util.List;
import java.util.Map;

/** Broker and registry of a pipeline, and how each of its parts comes to them. */
public interface DemoCluster extends AutoCloseable {
  String AUGMENTER = "augmenter";
  String LABELER = "labeler";
  String TRAINER = "trainer";

  /** Whoever feeds the pipeline and looks at what comes of it. */
  String DEMO = "demo";

  /** Settings of clients and serialisers for a role. */
  Map<String, String> clients(String role);

  /** The same for who may do everything. */
  Map<String, String> admin();

  /** Lets the roles do what they need. */
  void grantAcls(List<Role> roles);

  @Override
  void close();

  /** Some that are somebody else's, and open to everybody. */
  static DemoCluster ofExternalClients(Map<String, String> everybody) {
    return new OpenDemoCluster(everybody, () -> {});
  }
}
