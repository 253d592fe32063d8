import './style.css'
import { Layout } from './layout.js'

export default { Layout }
