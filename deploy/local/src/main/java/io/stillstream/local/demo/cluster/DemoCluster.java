package io.stillstream.local.demo.cluster;

import io.stillstream.local.access.Role;
import java.util.List;
import java.util.Map;

/** Broker and registry of a pipeline, and the client settings of each role. */
public interface DemoCluster extends AutoCloseable {
  String AUGMENTER = "augmenter";
  String LABELER = "labeler";
  String TRAINER = "trainer";
  String PAGE = "page";

  /** The demo itself: it writes images and reads results. */
  String DEMO = "demo";

  /** Settings of clients and serialisers for a role. */
  Map<String, String> clients(String role);

  /** The same for the super user. */
  Map<String, String> admin();

  /** Grants the roles what they need. */
  void grantAcls(List<Role> roles);

  @Override
  void close();
}
