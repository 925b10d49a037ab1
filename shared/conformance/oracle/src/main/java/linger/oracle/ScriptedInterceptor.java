package linger.oracle;

import linger.oracle.OracleCase.InterceptorSpec;

import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

import java.util.Map;
import java.util.function.IntSupplier;

/** An interceptor that does what the case says, and traces that it was called. */
final class ScriptedInterceptor implements ProducerInterceptor<byte[], byte[]> {
    private static final int ALL = -1;

    private final InterceptorSpec spec;
    private final Trace trace;
    private final IntSupplier currentSend;

    ScriptedInterceptor(InterceptorSpec spec, Trace trace, IntSupplier currentSend) {
        this.spec = spec;
        this.trace = trace;
        this.currentSend = currentSend;
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        int n = currentSend.getAsInt();
        boolean threw = spec.throwsOnSend.contains(n) || spec.throwsOnSend.contains(ALL);
        trace.event("intercept", line -> line.put("interceptor", spec.name).put("phase", "onSend").put("n", n).put("threw", threw));
        if (threw) {
            throw new IllegalStateException(spec.name + " throws");
        }
        if (spec.addsHeaderBytes < 0) {
            return record;
        }
        Headers headers = new RecordHeaders(record.headers()).add(spec.name, new byte[spec.addsHeaderBytes]);
        return new ProducerRecord<>(record.topic(), record.partition(), record.timestamp(), record.key(), record.value(), headers);
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure, Headers headers) {
        trace.event("intercept", line -> {
            line.put("interceptor", spec.name).put("phase", "onAcknowledgement")
                .put("tp", metadata.topic() + "-" + metadata.partition())
                .put("offset", metadata.hasOffset() ? metadata.offset() : -1);
            if (failure != null) {
                line.put("exception", failure.getClass().getSimpleName());
            }
            line.put("headers", headers == null ? 0 : headers.toArray().length);
            line.put("threw", spec.throwsOnAcknowledgement);
        });
        if (spec.throwsOnAcknowledgement) {
            throw new IllegalStateException(spec.name + " throws");
        }
    }

    @Override
    public void close() {
    }

    @Override
    public void configure(Map<String, ?> configs) {
    }
}
