import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { eicarFile } from '../../client/eicar.js'
import { submitArtifact } from '../../client/submit-artifact.js'
import { Failure } from '../../parts/failure.js'
import { texts } from '../../texts.js'

/** Has the market judge the EICAR test file, or a file of one's own, at a click. */
export function PostForm() {
  const input = useRef<HTMLInputElement>(null)
  const post = useMutation({
    mutationFn: (file: File) => submitArtifact({ name: file.name, type: 'FILE', content: file, fresh: true }),
  })
  const { operator } = texts
  return (
    <section aria-labelledby="post-title">
      <h3 id="post-title">{operator.post}</h3>
      <div className="actions">
        <button type="button" disabled={post.isPending} onClick={() => post.mutate(eicarFile())}>
          {operator.postEicar}
        </button>
        <button type="button" className="quiet" disabled={post.isPending} onClick={() => input.current?.click()}>
          {operator.postFile}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) post.mutate(file)
            target.value = ''
          }}
        />
        {post.data && (
          <span role="status">
            {operator.posted}{' '}
            <Link to="/answer/$id" params={{ id: post.data.id }}>
              {operator.openAnswer}
            </Link>
          </span>
        )}
      </div>
      {post.error && <Failure error={post.error} />}
    </section>
  )
}
