package io.github.dsappd.junit;

import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Serves a lab for tests, and resets it before each.
 *
 * <p>With {@code @ExtendWith(DsappdExtension.class)}, all classes share one lab, which is started by
 * the first. With {@code @RegisterExtension static DsappdExtension dsappd = new DsappdExtension(options)}
 * a class has a lab of its own. Tests that share a lab run one after the other, also where JUnit runs
 * tests in parallel. Parameters of type {@link Lab} get the lab. Where the variable DSAPPD_LAB names the
 * controls of a running lab, all share that.
 */
public final class DsappdExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(DsappdExtension.class);

    private final Options options; // null: the lab is shared
    private volatile Held current;

    /** Makes an extension whose lab all share. */
    public DsappdExtension() {
        this(null);
    }

    /** Makes an extension with a lab of its own. */
    public DsappdExtension(Options options) {
        this.options = options;
    }

    /** A lab that JUnit ends with the context in which it was started. */
    @SuppressWarnings("deprecation") // JUnit 5.13 and later ask for the other of the two
    private static final class Held implements ExtensionContext.Store.CloseableResource, AutoCloseable {
        private final Lab lab;
        private final Semaphore turn = new Semaphore(1);

        Held(Options options) {
            String running = System.getenv("DSAPPD_LAB");
            if (running != null && !running.isEmpty()) {
                lab = Lab.connect(URI.create(running));
            } else {
                lab = Lab.start(options == null ? new Options() : options);
            }
        }

        @Override
        public void close() {
            lab.close();
        }
    }

    private Held held(ExtensionContext context) {
        if (options == null) {
            return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("shared", key -> new Held(null), Held.class);
        }
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(this, key -> new Held(options), Held.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        current = held(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws InterruptedException {
        Held held = held(context);
        held.turn.acquire();
        current = held;
        held.lab.reset();
    }

    /** Reports the requests of a test that failed. */
    @Override
    public void afterEach(ExtensionContext context) {
        Held held = held(context);
        try {
            if (context.getExecutionException().isPresent()) {
                String requests = held.lab.requests().stream().map(Request::toString).collect(Collectors.joining("\n"));
                context.publishReportEntry("requests of dsappd", requests.isEmpty() ? "none" : requests);
            }
        } finally {
            held.turn.release();
        }
    }

    /** Returns the lab, inside a test or in a method that runs before or after tests. */
    public Lab lab() {
        if (current == null) {
            throw new IllegalStateException("the lab has not been started: use it inside a test, and register the extension as a static field");
        }
        return current.lab;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return held(context).lab;
    }
}
