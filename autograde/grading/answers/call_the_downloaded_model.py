"""2.6: answers to the questions about the call of the model and what comes back."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.6")
_wrong, _right = _SECTION.wrong, _SECTION.right

WRONG: tuple[WrongAnswer, ...] = (
    _wrong("run_model", "segments-as-mask", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, segments_tensors)
    """),
    _wrong("run_model", "segments-forgotten", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor)
    """),
    _wrong("run_model", "segments-as-mask", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, segments_tensors)
    """),
    _wrong("run_model", "segments-forgotten", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor)
    """),
    _wrong("run_model", "only-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, token_type_ids=segments_tensors).last_hidden_state
    """),
    _wrong("run_model", "outputs-swapped", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            last, pooled = model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
            return pooled, last
    """),
    _wrong("run_model", "gradient-kept", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "only-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors)[0]
    """),
    _wrong("run_model", "pooler-for-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors).pooler_output
    """),
    _wrong("run_model", "outputs-swapped", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            return result[1], result[0]
    """),
    _wrong("run_model", "returns-nothing", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            print(result[0].shape)
    """),
    _wrong("run_model", "left-training", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.train()
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "left-training", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.encoder.train()
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "gradient-kept", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            torch.no_grad()
            return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "ids-as-segments", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(segments_tensors, token_type_ids=tokens_tensor)
    """),
    _wrong("run_model", "arrays", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            return result.last_hidden_state.numpy(), result.pooler_output.numpy()
    """),
    _wrong("run_model", "not-computed-yet", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                yield model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "detached-afterwards", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            mask = torch.ones_like(tokens_tensor)
            result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)
            return [output.detach() for output in result.to_tuple()]
    """),
    _wrong("run_model", "detached-afterwards", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            result = model(tokens_tensor, token_type_ids=segments_tensors)
            result.last_hidden_state = result.last_hidden_state.detach()
            result.pooler_output = result.pooler_output.data
            return result
    """),
    _wrong("run_model", "detached-afterwards", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad(), torch.enable_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            return {name: output.detach() for name, output in result.items()}
    """),
    _wrong("run_model", "model-frozen", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.requires_grad_(False)
            return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "model-frozen", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            for weight in model.parameters():
                weight.requires_grad = False
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "left-training", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            model.train()
            return result
    """),
    _wrong("run_model", "changes-its-arguments", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            segments_tensors.zero_()
            return result
    """),
    _wrong("run_model", "changes-its-arguments", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
                model.pooler.dense.weight.zero_()
            return result
    """),
    _wrong("output_shapes", "changes-its-arguments", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            length = 0
            while index:
                index.pop()
                length += 1
            size = model.config.hidden_size
            return (1, length, size), (1, size)
    """),
    *(
        _wrong("output_shapes", "counts-other-tokens", "last_hidden_state", f"""
        def output_shapes(model, index):
            size = model.config.hidden_size
            return (1, {count}, size), (1, size)
    """)
        for count in ("len(set(index))", "len({*index}) + 1", "max(index)", "len(index) - 2", "index.index(2) + 1")
    ),
    *(
        _wrong("output_shapes", "other-size-for-hidden-size", "last_hidden_state pooler_output", f"""
        def output_shapes(model, index):
            size = {size}
            return (1, len(index), size), (1, size)
    """)
        for size in (
            "model.config.intermediate_size // 2", "model.config.intermediate_size // 4",
            "model.config.max_position_embeddings", "model.config.num_attention_heads * 64",
        )
    ),
    _wrong("output_shapes", "only-the-example", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, 12, 768), (1, 768)
    """),
    _wrong("output_shapes", "hard-coded-768", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, len(index), 768), (1, 768)
    """),
    _wrong("output_shapes", "twelve-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            return (1, 12, model.config.hidden_size), (1, model.config.hidden_size)
    """),
    _wrong("output_shapes", "layers-for-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            config = model.config
            return (1, config.num_hidden_layers, config.hidden_size), (1, config.hidden_size)
    """),
    _wrong("output_shapes", "heads-for-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            config = model.config
            return (1, config.num_attention_heads, config.hidden_size), (1, config.hidden_size)
    """),
    _wrong("output_shapes", "no-batch-axis", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (len(index), model.config.hidden_size), (model.config.hidden_size,)
    """),
    _wrong("output_shapes", "pooler-for-last-hidden-state", "last_hidden_state", """
        def output_shapes(model, index):
            pooled = model(torch.tensor([index])).pooler_output.shape
            return pooled, pooled
    """),
    _wrong("output_shapes", "last-hidden-state-for-pooler", "pooler_output", """
        def output_shapes(model, index):
            last = model(torch.tensor([index]))[0].shape
            return last, last
    """),
    _wrong("output_shapes", "swapped", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, model.config.hidden_size), (1, len(index), model.config.hidden_size)
    """),
    _wrong("output_shapes", "one-shape", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, len(index), model.config.hidden_size)
    """),
    _wrong("output_shapes", "returns-nothing", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            print(model(torch.tensor([index]))[0].shape)
    """),
    _wrong("output_shapes", "other-size-for-hidden-size", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            size = model.config.vocab_size
            return (1, len(index), size), (1, size)
    """),
    _wrong("output_shapes", "other-size-for-hidden-size", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            size = model.config.intermediate_size
            return (1, len(index), size), (1, size)
    """),
    _wrong("output_shapes", "pooler-with-tokens", "pooler_output", """
        def output_shapes(model, index):
            size = model.config.hidden_size
            return (1, len(index), size), (1, 1, size)
    """),
    _wrong("output_shapes", "pooler-with-tokens", "pooler_output", """
        def output_shapes(model, index):
            size = model.config.hidden_size
            return (1, len(index), size), (len(index), size)
    """),
    _wrong("output_shapes", "pooler-without-batch-axis", "pooler_output", """
        def output_shapes(model, index):
            size = model.config.hidden_size
            return (1, len(index), size), (size,)
    """),
    _wrong("output_shapes", "outputs-for-shapes", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return result.last_hidden_state, result.pooler_output
    """),
    _wrong("output_shapes", "outputs-for-shapes", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return model(torch.tensor([index]))
    """),
    _wrong("output_shapes", "texts", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            size = model.config.hidden_size
            return f"torch.Size([1, {len(index)}, {size}])", f"torch.Size([1, {size}])"
    """),
    _wrong("output_shapes", "not-computed-yet", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return (output.shape for output in (result.last_hidden_state, result.pooler_output))
    """),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right("run_model", "inference mode, all by name", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.eval()
            with torch.inference_mode():
                return model(input_ids=tokens_tensor, token_type_ids=segments_tensors)
    """),
    _right("run_model", "tuple", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
    """),
    _right("run_model", "decorated, noisy, as a dictionary", """
        @torch.no_grad()
        def run_model(model, tokens_tensor, segments_tensors):
            import logging, sys
            from tqdm import tqdm
            for _ in tqdm(range(3)):
                result = model.forward(tokens_tensor, None, segments_tensors)
            logging.warning("done")
            print(result[0].shape, file=sys.stderr)
            return dict(result)
    """),
    _right("run_model", "detached as well, with a mask", """
        def run_model(model, tokens_tensor, segments_tensors):
            mask = torch.ones_like(tokens_tensor)
            with torch.set_grad_enabled(False):
                result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)
            return [output.detach() for output in result.to_tuple()]
    """),
    _right("run_model", "three outputs in a tuple", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(
                    tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True, return_dict=False
                )
    """),
    _right("run_model", "attentions and hidden states", """
        def run_model(model, tokens_tensor, segments_tensors):
            torch.set_grad_enabled(False)
            return model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)
    """),
    _right("output_shapes", "by running", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return result.last_hidden_state.shape, result.pooler_output.shape
    """),
    _right("output_shapes", "torch.Size and NumPy's numbers", """
        def output_shapes(model, index):
            import numpy
            size = numpy.int64(model.config.hidden_size)
            return torch.Size([1, len(index), int(size)]), numpy.array([[0] * size]).shape
    """),
    _right("output_shapes", "lists", """
        def output_shapes(model, index):
            size = model.get_input_embeddings().embedding_dim
            return [[1, len(index), size], [1, size]]
    """),
)  # fmt: skip
